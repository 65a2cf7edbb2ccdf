// The OmniSales console: GraphiQL on this server's own /graphql. Every address is relative to the page,
// so that the console also works below a path prefix of a reverse proxy.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { parse } from "jsonc-parser";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import newestOrders from "./orders.graphql";

const BARE_HEADERS = '{"Authorization": "Bearer "}';
const TYPING_PAUSE_MS = 600;

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};

// The headers are JSON with comments, as GraphiQL reads them; half-typed ones give no key.
function givesKey(text) {
  const errors = [];
  const headers = parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 && !/^Bearer\s*$/.test(headers?.Authorization);
}

// GraphiQL itself asks for the schema once, before its headers editor exists and so without the key;
// here the schema is asked for when a key is there, and again when the key changes.
function SchemaFollowsKey({ onKey }) {
  const editor = useGraphiQL((state) => state.headerEditor);
  const { introspect } = useGraphiQLActions();

  useEffect(() => {
    if (!editor) return undefined;
    let timer;
    const look = (ask) => {
      if (!givesKey(editor.getValue())) return;
      onKey();
      ask();
    };
    look(() => {}); // onKey makes GraphiQL ask, the first time
    const listener = editor.onDidChangeModelContent(() => {
      clearTimeout(timer);
      timer = setTimeout(() => look(introspect), TYPING_PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      listener.dispose();
    };
  }, [editor, introspect, onKey]);
  return null;
}

// Without this, a first visit in which only the key is typed is not recognised at the next one, and GraphiQL
// opens an empty tab.
if (localStorage.getItem("graphiql:tabState") === null) localStorage.setItem("graphiql:query", newestOrders);

const endpoint = new URL("graphql", document.location.href);
const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  enableIncrementalDelivery: false, // asks for application/graphql-response+json alone, as GraphQL over HTTP has it
  subscriptionUrl: endpoint.href.replace(/^http/, "ws"),
});

function Console() {
  const [hasKey, setHasKey] = useState(false);
  const [onKey] = useState(() => () => setHasKey(true));
  return (
    <GraphiQL
      fetcher={fetcher}
      schema={hasKey ? undefined : null}
      defaultQuery={newestOrders}
      defaultHeaders={localStorage.getItem("graphiql:headers") ?? BARE_HEADERS}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>OmniSales</GraphiQL.Logo>
      <SchemaFollowsKey onKey={onKey} />
    </GraphiQL>
  );
}

createRoot(document.getElementById("console")).render(<Console />);
