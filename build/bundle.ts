/**
 * Bundles the program into `dist/bundle`: what bin/run.js starts, the conversion process and its
 * decoders' thread, each with all it needs of our sources and of npm packages but for what must
 * stay a package. A part of the build. Writes `THIRD-PARTY` there: the licences of what was
 * bundled.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type RolldownOptions, rolldown } from 'rolldown';
import { bundledSharp } from './bundled-sharp.ts';
import { licencesOf } from './licences.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = `${project}dist/bundle`;

/**
 * The oldest Node.js that must be able to read what is made here: `>=22.18` in package.json is
 * `node22.18`.
 */
const { engines } = JSON.parse(readFileSync(`${project}package.json`, 'utf8'));
const target = engines.node.replace('>=', 'node');

/** WebAssembly beside its module, and oclif, whose plugins share it with the commands. */
const PACKAGES = [/^@oclif\//, '@imagemagick/magick-wasm'];

/** A start is as slow as its files are many: the child and the thread are one each. */
const PARTS: readonly { input: Record<string, string>; codeSplitting?: boolean }[] = [
  {
    input: {
      run: 'src/cli/start-run.ts',
      convert: 'src/cli/start-convert.ts',
      start: 'src/cli/start.ts',
      commands: 'src/commands/index.ts',
    },
  },
  { input: { child: 'src/lib/convert/process/child.ts' }, codeSplitting: false },
  { input: { thread: 'src/lib/convert/fallback/thread.ts' }, codeSplitting: false },
];

/**
 * What packages ask for and arke-tiff never uses, with what they get for it: more than a fifth of
 * the bundle.
 */
const LEFT_OUT = new Map([
  // R2's keys are always given: others are not searched for in files, SSO and instance metadata.
  [
    '@aws-sdk/credential-provider-node',
    'export const defaultProvider = () => async () => { throw new Error("No credentials"); };',
  ],
  // For S3's SELECT, whose answers are streams of events.
  [
    '@smithy/core/event-streams',
    `export const resolveEventStreamSerdeConfig = (config) => config;
     export const eventStreamSerdeProvider = () => { throw new Error("No streams of events"); };
     export const EventStreamSerde = eventStreamSerdeProvider;`,
  ],
  // For JavaScript without node:crypto.
  ...['Sha1Js', 'Sha256Js', 'Md5Js'].map((name): [string, string] => [
    `./${name}`,
    `export class ${name} { constructor() { throw new Error("No node:crypto"); } }`,
  ]),
  // For one signature that holds in all of Amazon's regions: what it is without them is all that is
  // used of it.
  [
    '@aws-sdk/signature-v4-multi-region',
    `import { SignatureV4SignWithCredentials } from '@aws-sdk/signature-v4-multi-region/dist-es/SignatureV4SignWithCredentials.js';
     export { SignatureV4SignWithCredentials, SignatureV4SignWithCredentials as SignatureV4MultiRegion };`,
  ],
  // For traces of Amazon's Lambda.
  ['@aws/lambda-invoke-store', 'export const InvokeStore = { getInstanceAsync: async () => {} };'],
  // The region is always given: the machine's is not asked for.
  ['./getInstanceMetadataRegion', 'export const getInstanceMetadataRegion = async () => {};'],
  // For retries at the SDK's own pace: ours are the only ones.
  [
    './DefaultRateLimiter',
    'export class DefaultRateLimiter { constructor() { throw new Error("No own pace"); } }',
  ],
  // For fetch: requests go through node:https.
  ...[
    ['sdk-stream-mixin', 'sdkStreamMixin'],
    ['createChecksumStream', 'createChecksumStream'],
    ['getAwsChunkedEncodingStream', 'getAwsChunkedEncodingStream'],
  ].map(([file, name]): [string, string] => [
    `./${file}.browser`,
    `export const ${name} = () => { throw new Error("No streams of the web"); };`,
  ]),
  // The signature of callbacks by JavaScript, where node:crypto signs.
  [
    'fast-sha256',
    `import { createHmac } from 'node:crypto';
     export const hmac = (key, data) => createHmac('sha256', key).update(data).digest();`,
  ],
  // ora's spinners, of which it shows one: with and without characters beyond ASCII.
  [
    'cli-spinners',
    `export default {
       dots: { interval: 80, frames: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'] },
       line: { interval: 130, frames: ['-', '\\\\', '|', '/'] },
     };`,
  ],
  // file-type's messages about zip files.
  ['debug', 'export default () => () => {};'],
]);

const withoutUnused = {
  name: 'without-unused',
  resolveId: (id: string) => {
    // Of packages that bundle well, a file: from wherever it is imported.
    const name = LEFT_OUT.has(id) ? id : `./${id.split('/').at(-1)}`;
    return LEFT_OUT.has(name) ? `\0${name}` : undefined;
  },
  load: (id: string) => (id.startsWith('\0') ? LEFT_OUT.get(id.slice(1)) : undefined),
};

/**
 * `dev` is for engineers: it is loaded from the library's files, beside the bundle, which each
 * machine carries.
 */
const withoutDev = {
  name: 'without-dev',
  resolveId: (id: string) =>
    id.endsWith('/dev/start-dev.ts') ? { id: '../dev/start-dev.js', external: true } : undefined,
};

const options: RolldownOptions = {
  cwd: project,
  platform: 'node',
  external: PACKAGES,
  plugins: [withoutUnused, withoutDev, bundledSharp],
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
    minify: {
      compress: { target, keepNames: { function: true, class: true } },
      mangle: false,
      codegen: { removeWhitespace: true },
    },
  });
  for (const chunk of output.filter((part): part is OutputChunk => part.type === 'chunk'))
    for (const id of chunk.moduleIds) bundled.add(id);
}
writeFileSync(`${folder}/package.json`, '{ "type": "commonjs" }\n');
writeFileSync(`${folder}/THIRD-PARTY`, licencesOf(bundled));
