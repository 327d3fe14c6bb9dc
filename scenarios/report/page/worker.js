// The worker that runs the WebAssembly program. A message is {id, call, args}, its answer
// {id, value} or {id, error}. The first call is start, with the gzip of the program.

const started = {};

// start runs the program, which sets the global object roadloop.
async function start(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const go = new Go();
  const response = new Response(stream, { headers: { "Content-Type": "application/wasm" } });
  const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
  go.run(instance).then(() => close());
}

onmessage = async ({ data: { id, call, args } }) => {
  try {
    if (call === "start") started.promise = start(...args);
    await started.promise;
    const value = call === "start" ? null : roadloop[call](...args);
    if (value instanceof Error) throw value;
    const array = value?.pixels ?? value;
    postMessage({ id, value }, array?.buffer ? [array.buffer] : []);
  } catch (problem) {
    postMessage({ id, error: problem.message });
  }
};
