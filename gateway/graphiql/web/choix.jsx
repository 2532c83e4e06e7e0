// The bar above the editors: who asks (profile or token), about whom (persona), what (example).

import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useState } from "react";

import { withJeton, withPersonne } from "./edit.js";

const EDITORS = pick("queryEditor", "variableEditor", "headerEditor", "activeTabIndex");

export function Choix({ bacASable, exemples }) {
  const { queryEditor, variableEditor, headerEditor, activeTabIndex } = useGraphiQL(EDITORS);
  const { introspect } = useGraphiQLActions();
  const [profil, setProfil] = useState(bacASable?.profils[0]);
  const [personne, setPersonne] = useState(best(bacASable?.personnes));
  const [exemple, setExemple] = useState(exemples[0]);
  const [jetonSaisi, setJetonSaisi] = useState("");
  const [annonce, setAnnonce] = useState("");
  const jeton = profil?.jeton ?? jetonSaisi;
  const variablesOf = (text) => withPersonne(text, queryEditor.getValue(), personne, next(bacASable.personnes, personne));

  // The schema is read with the token: read it again when the token changes.
  useEffect(() => {
    if (!headerEditor || !jeton) return;
    headerEditor.setValue(withJeton(headerEditor.getValue(), jeton));
    introspect();
  }, [headerEditor, jeton, introspect]);

  useEffect(() => {
    if (queryEditor) queryEditor.setValue(exemple.requete);
  }, [queryEditor, exemple]);

  // After the query: it says which variables it wants.
  useEffect(() => {
    if (queryEditor && variableEditor && personne) variableEditor.setValue(variablesOf(variableEditor.getValue()));
  }, [queryEditor, variableEditor, personne, exemple]);

  // A new tab starts empty: give it the choices in force.
  useEffect(() => {
    if (headerEditor && jeton && !headerEditor.getValue()) headerEditor.setValue(withJeton("", jeton));
    if (queryEditor && variableEditor && personne && !variableEditor.getValue()) variableEditor.setValue(variablesOf(""));
  }, [activeTabIndex]);

  const onChoice = (set, announcement) => (chosen) => {
    set(chosen);
    setAnnonce(announcement(chosen));
  };
  const onProfil = onChoice(setProfil, ({ profil }) => `Le jeton du profil « ${profil} » est dans les en-têtes.`);
  const onPersonne = onChoice(setPersonne, ({ nom }) => `L'identité de « ${nom} » est dans les variables.`);
  const onJeton = onChoice(setJetonSaisi, () => "Le jeton est dans les en-têtes.");
  const onExemple = onChoice(setExemple, ({ titre }) => `L'exemple « ${titre} » est dans l'éditeur.`);

  return (
    <header className="choix">
      <h1>API Particulier</h1>
      {bacASable ? (
        <>
          <Liste id="profil" libelle="Profil" choices={bacASable.profils} nom="profil" chosen={profil} onChoice={onProfil} />
          <Liste id="personne" libelle="Personne fictive" choices={bacASable.personnes} nom="nom" chosen={personne} onChoice={onPersonne} />
        </>
      ) : (
        <SaisieDuJeton onJeton={onJeton} />
      )}
      <Liste id="exemple" libelle="Exemple de requête" choices={exemples} nom="titre" chosen={exemple} onChoice={onExemple} />
      <p role="status" className="annonce">{annonce}</p>
    </header>
  );
}

/** The one who follows in the list, where the members of a family stand together. */
const next = (personnes, personne) => personnes[(personnes.indexOf(personne) + 1) % personnes.length];

/** The persona that most sources know, so that the first query shows something. */
const best = (personnes) => personnes?.toSorted((a, b) => b.sources.length - a.sources.length)[0];

function Liste({ id, libelle, choices, nom, chosen, onChoice }) {
  return (
    <div className="champ">
      <label htmlFor={id}>{libelle}</label>
      <select
        id={id}
        aria-describedby={`${id}-aide`}
        value={choices.indexOf(chosen)}
        onChange={(event) => onChoice(choices[event.target.value])}
      >
        {choices.map((choice, rank) => (
          <option key={rank} value={rank}>{choice[nom]}</option>
        ))}
      </select>
      <p id={`${id}-aide`} className="aide">{chosen?.description}</p>
    </div>
  );
}

function SaisieDuJeton({ onJeton }) {
  function onSubmit(event) {
    event.preventDefault();
    onJeton(new FormData(event.target).get("jeton").trim());
  }
  return (
    <form className="champ" onSubmit={onSubmit} autoComplete="off">
      <label htmlFor="jeton">Jeton</label>
      <div className="ligne">
        <input id="jeton" name="jeton" type="password" required autoComplete="off" spellCheck="false" aria-describedby="jeton-aide" />
        <button type="submit">Utiliser</button>
      </div>
      <p id="jeton-aide" className="aide">Il reste en mémoire dans cette page et n'est jamais enregistré.</p>
    </form>
  );
}
