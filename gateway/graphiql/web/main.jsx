// The page: GraphiQL in French, with the choices of the sandbox above it.

import "./workers.js";
import "graphiql/style.css";
import "./page.css";

import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { GraphiQLProvider } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { createRoot } from "react-dom/client";

import { loadSandbox } from "./sandbox.js";
import { Choix } from "./choix.jsx";
import { postGraphql } from "./fetcher.js";
import { memoryStorage } from "./memory.js";
import exemples from "exemples";

const STORAGE = memoryStorage();
const PLUGINS = [DOC_EXPLORER_PLUGIN];

function Explorateur({ bacASable }) {
  return (
    <GraphiQLProvider
      fetcher={postGraphql}
      storage={STORAGE}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      defaultQuery={exemples[0].requete}
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
    >
      <DocExplorerStore>
        <Choix bacASable={bacASable} exemples={exemples} />
        <main className="explorateur">
          <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
            <GraphiQL.Logo> </GraphiQL.Logo>
          </GraphiQLInterface>
        </main>
      </DocExplorerStore>
    </GraphiQLProvider>
  );
}

createRoot(document.getElementById("racine")).render(<Explorateur bacASable={await loadSandbox()} />);
