/**
 * Throws one sentence where Node.js is too old. The package's entry imports it first: modules that
 * an old Node.js cannot run are then never evaluated. They must still parse and link there, which a
 * test checks.
 */
// biome-ignore lint/plugin: bundles that only validate callbacks run where there is no process, too.
const version = typeof process === 'undefined' ? undefined : process.versions.node;
const [major = 0, minor = 0] = (version ?? '99').split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18))
  throw new Error(
    `arke-tiff needs Node.js 22.18 or newer; this is v${version}. Install a newer Node.js.`,
  );
