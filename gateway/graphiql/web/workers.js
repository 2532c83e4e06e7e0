// The workers of the editors (language services), served by us. WORKERS is written by build.mjs.

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(WORKERS[label] ?? WORKERS.editorWorkerService),
};
