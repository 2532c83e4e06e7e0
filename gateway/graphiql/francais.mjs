// The words of GraphiQL in French: it has no translation of its own, so its strings are replaced when it is bundled.
// A string that is not found stops the build: a new version cannot bring English back unseen.

import { readFile } from "node:fs/promises";

const MOTS = {
  "graphiql/dist/GraphiQL.js": {
    '"New tab"': '"Nouvel onglet"',
    '${editorToolsHiddenElement === "second" ? "Show" : "Hide"} editor tools':
      '${editorToolsHiddenElement === "second" ? "Afficher" : "Masquer"} les variables et les en-têtes',
    '"aria-label": "Editor Commands"': '"aria-label": "Commandes de l\'éditeur"',
    '"aria-label": "Operation Editor"': '"aria-label": "Éditeur de la requête"',
    'children: "Headers"': 'children: "En-têtes"',
    '? "Variables" : "Headers"': '? "Variables" : "En-têtes"',
    '"Select active operation"': '"Choisir la requête active"',
  },
  "graphiql/dist/ui/toolbar.js": {
    "Prettify query": "Mettre en forme",
    "Merge fragments into query": "Fondre les fragments dans la requête",
    "Copy query": "Copier la requête",
  },
  "graphiql/dist/ui/short-keys.js": {
    '"Execute query"': '"Exécuter la requête"',
    '"Open the Command Palette (you must have focus in the editor)"': '"Ouvrir la palette de commandes (depuis un éditeur)"',
    '"Prettify editors"': '"Mettre en forme"',
    '"Copy query"': '"Copier la requête"',
    '"Re-fetch schema using introspection"': '"Relire le schéma"',
    '"Search in documentation"': '"Chercher dans la documentation"',
    '"Search in editor"': '"Chercher dans l\'éditeur"',
    '"Merge fragments definitions into operation definition"': '"Fondre les fragments dans la requête"',
    '"Short Key"': '"Touches"',
    '"Function"': '"Effet"',
    '"This Graph"': '"Cet éditeur Graph"',
    '"QL editor uses"': '"QL reprend les"',
    '"Monaco editor shortcuts"': '"raccourcis de Monaco"',
    '", with keybindings similar to VS Code. See the full list of shortcuts for"':
      '", voisins de ceux de VS Code. Liste complète pour"',
    '"or"': '"ou"',
  },
  "graphiql/dist/ui/sidebar.js": {
    "Re-fetch GraphQL schema": "Relire le schéma",
    '"Open short keys dialog"': '"Raccourcis clavier"',
    '"Open settings dialog"': '"Réglages"',
    '${isVisible_0 ? "Hide" : "Show"}': '${isVisible_0 ? "Masquer" : "Afficher"}',
    'children: "Short Keys"': 'children: "Raccourcis clavier"',
    '"This modal provides a list of available keyboard shortcuts and their functions."':
      '"Liste des raccourcis clavier et de leurs effets."',
    'children: "Settings"': 'children: "Réglages"',
    '"This modal lets you adjust header persistence, interface theme, and clear local storage."':
      '"Choix du thème, et effacement de la mémoire de la page."',
    'children: "Theme"': 'children: "Thème"',
    '"Adjust how the interface appears."': '"Apparence de la page."',
    'children: "System"': 'children: "Système"',
    'children: "Light"': 'children: "Clair"',
    'children: "Dark"': 'children: "Sombre"',
    '"Clear storage"': '"Effacer la mémoire"',
    '"Remove all locally stored data and start fresh."': '"Oublier ce que cette page a retenu."',
    '"Cleared data"': '"Effacé"',
    '"Failed"': '"Échec"',
    '"Clear data"': '"Effacer"',
  },
  "@graphiql/plugin-doc-explorer/dist/context.js": {
    '"Documentation Explorer"': '"la documentation"',
    '"Show Documentation Explorer"': '"Afficher la documentation"',
    '"Docs"': '"Documentation"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/doc-explorer.js": {
    '"Error fetching schema"': '"Le schéma n\'a pas pu être lu : choisissez un profil ou donnez un jeton."',
    '"No GraphQL schema available"': '"Aucun schéma disponible"',
    "Schema is invalid: ": "Le schéma n'est pas valide : ",
    "Go back to": "Revenir à",
    '"Documentation Explorer"': '"Documentation"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/search.js": {
    "`Search ${navItem.name}...`": "`Chercher dans ${navItem.name}…`",
    '"No results found"': '"Aucun résultat"',
    '"Other results"': '"Autres résultats"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/type-documentation.js": {
    '"Implements"': '"Implémente"',
    '"Fields"': '"Champs"',
    '"Deprecated Fields"': '"Champs dépréciés"',
    '"Show Deprecated Fields"': '"Voir les champs dépréciés"',
    '"Enum Values"': '"Valeurs"',
    '"Deprecated Enum Values"': '"Valeurs dépréciées"',
    '"Show Deprecated Values"': '"Voir les valeurs dépréciées"',
    '"Implementations"': '"Implémentations"',
    '"Possible Types"': '"Types possibles"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/field-documentation.js": {
    '"Deprecated Arguments"': '"Arguments dépréciés"',
    '"Show Deprecated Arguments"': '"Voir les arguments dépréciés"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/argument.js": { '"Deprecated"': '"Déprécié"' },
  "@graphiql/plugin-doc-explorer/dist/components/deprecation-reason.js": { '"Deprecated"': '"Déprécié"' },
  "@graphiql/plugin-doc-explorer/dist/components/section.js": {
    '"Deprecated Arguments"': '"Arguments dépréciés"',
    '"Deprecated Enum Values"': '"Valeurs dépréciées"',
    '"Deprecated Fields"': '"Champs dépréciés"',
    "Fields:": '"Champs":',
    "Implements:": '"Implémente":',
    '"Enum Values"': '"Valeurs"',
    "Implementations:": '"Implémentations":',
    '"Possible Types"': '"Types possibles"',
    '"Root Types"': '"Types racines"',
    '"All Schema Types"': '"Tous les types"',
  },
  "@graphiql/plugin-doc-explorer/dist/components/schema-documentation.js": {
    '"A GraphQL schema provides a root type for each kind of operation."':
      '"Une personne, et ce que les administrations savent d\'elle."',
    '"Root Types"': '"Types racines"',
    '"All Schema Types"': '"Tous les types"',
  },
  "@graphiql/react/dist/components/dialog/index.js": { '"Close dialog"': '"Fermer"' },
  "@graphiql/react/dist/components/tabs/index.js": { '"Close Tab"': '"Fermer l\'onglet"' },
  "@graphiql/react/dist/components/response-editor.js": { '"Result Window"': '"Réponse"' },
  "@graphiql/react/dist/components/execute-button/index.js": {
    '${isRunning ? "Stop" : "Execute"} query': '${isRunning ? "Arrêter" : "Exécuter"} la requête',
  },
  "@graphiql/react/dist/utility/tabs.js": { '"<untitled>"': '"Sans titre"' },
  "@graphiql/react/dist/constants.js": {
    '"Prettify Editors"': '"Mettre en forme"',
    '"Merge Fragments into Query"': '"Fondre les fragments dans la requête"',
    '"Run Operation"': '"Exécuter la requête"',
    '"Copy Query"': '"Copier la requête"',
  },
  "@graphiql/react/dist/stores/execution.js": {
    '"Automatically added leaf fields"': '"Champs ajoutés automatiquement"',
    "Request not sent. ": "Requête non envoyée. ",
    '"Request headers"': '"En-têtes :"',
  },
};

export function translate(file, source) {
  return Object.entries(MOTS[file]).reduce((text, [english, french]) => {
    if (!text.includes(english)) throw new Error(`francais.mjs : ${english} n'est plus dans ${file}`);
    return text.replaceAll(english, french);
  }, source);
}

export const francais = {
  name: "francais",
  setup(build) {
    const left = new Set(Object.keys(MOTS));
    build.onLoad({ filter: /node_modules\/@?graphiql\/.*\.js$/ }, async ({ path }) => {
      const file = Object.keys(MOTS).find((name) => path.endsWith(`/node_modules/${name}`));
      left.delete(file);
      return file && { contents: translate(file, await readFile(path, "utf8")), loader: "js" };
    });
    build.onEnd(() => ({ errors: [...left].map((file) => ({ text: `francais.mjs : ${file} n'est plus dans la page` })) }));
  },
};
