/**
 * Bundles the program into `dist/bundle`: what bin/run.js starts, the conversion process and its decoders'
 * thread, each with all it needs of our sources and of npm packages but for what must stay a package. A
 * part of the build. Writes `THIRD-PARTY` there: the licences of what was bundled.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type RolldownOptions, rolldown } from 'rolldown';
import { bundledSharp } from './bundled-sharp.ts';
import { licencesOf } from './licences.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = `${project}dist/bundle`;

/** The oldest Node.js that must be able to read what is made here: `>=22.18` in package.json is `node22.18`. */
const { engines } = JSON.parse(readFileSync(`${project}package.json`, 'utf8'));
const target = engines.node.replace('>=', 'node');

/** WebAssembly beside its module, and oclif, whose plugins share it with the commands. */
const PACKAGES = [/^@oclif\//, '@imagemagick/magick-wasm'];

/** A start is as slow as its files are many: the child and the thread are one each. */
const PARTS: readonly { input: Record<string, string>; codeSplitting?: boolean }[] = [
  {
    input: {
      run: 'src/cli/start-run.ts',
      start: 'src/cli/start.ts',
      commands: 'src/cli/commands.ts',
    },
  },
  { input: { child: 'src/lib/convert/process/child.ts' }, codeSplitting: false },
  { input: { worker: 'src/lib/convert/fallback/worker.ts' }, codeSplitting: false },
];

/**
 * R2's keys are always given: the SDK's search for others (files, SSO, instance metadata) would be a fifth
 * of the bundle.
 */
const withoutCredentialSearch = {
  name: 'without-credential-search',
  resolveId: (id: string) => (id === '@aws-sdk/credential-provider-node' ? `\0${id}` : undefined),
  load: (id: string) =>
    id === '\0@aws-sdk/credential-provider-node'
      ? 'export const defaultProvider = () => async () => { throw new Error("No credentials"); };'
      : undefined,
};

/**
 * `dev` is for engineers: it is loaded from the library's files, beside the bundle, which each machine
 * carries.
 */
const withoutDev = {
  name: 'without-dev',
  resolveId: (id: string) =>
    id.endsWith('/lib/dev/start-dev.ts')
      ? { id: '../lib/dev/start-dev.js', external: true }
      : undefined,
};

const options: RolldownOptions = {
  cwd: project,
  platform: 'node',
  external: PACKAGES,
  plugins: [withoutCredentialSearch, withoutDev, bundledSharp],
  transform: { target },
  // ES modules where a package has both: only of those can be left out what is not used.
  resolve: { mainFields: ['module', 'main'], conditionNames: ['module', 'import', 'node'] },
};

const bundled = new Set<string>();
for (const { input, codeSplitting = true } of PARTS) {
  const build = await rolldown({ ...options, input });
  const { output } = await build.write({
    dir: folder,
    // A third less CPU until the first request than as ES modules, whose loader is slow to start.
    format: 'cjs',
    dynamicImportInCjs: false,
    codeSplitting,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    // Names stay: a stack trace must make sense.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  for (const chunk of output.filter((part): part is OutputChunk => part.type === 'chunk'))
    for (const id of chunk.moduleIds) bundled.add(id);
}
writeFileSync(`${folder}/package.json`, '{ "type": "commonjs" }\n');
writeFileSync(`${folder}/THIRD-PARTY`, licencesOf(bundled));
