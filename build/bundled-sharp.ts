import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

/**
 * What sharp's files get for what they import. In milliseconds: the CPU that it saves until the
 * conversion process is ready; what it stands in for is loaded when it is asked for.
 */
const STAND_INS = new Map([
  // From sharp's own place, its native package is found: strict package managers (pnpm) show it to
  // nobody else.
  [
    'node:module',
    `import { createRequire as requireFrom } from 'node:module';
     const sharp = requireFrom(import.meta.url).resolve('sharp');
     export const createRequire = () => requireFrom(sharp);`,
  ],
  // For sharp's installation: 3 ms.
  [
    'node:crypto',
    `export const createHash = (...values) =>
       process.getBuiltinModule('node:crypto').createHash(...values);`,
  ],
  // As rolldown copies it, all is loaded that it would load when asked for: 1 ms.
  ['node:util', `export default process.getBuiltinModule('node:util');`],
  // A parser of colours by name, 33 kB and 2 ms: we always give numbers (`render/flat-picture.ts`).
  [
    '@img/colour',
    `export default ({ r, g, b, alpha = 1 }) =>
       ({ red: () => r, green: () => g, blue: () => b, alpha: () => alpha });`,
  ],
  // Of a version its three numbers are asked for; the rest is for building sharp, and for a Node.js
  // that it does not know, which does not start this program: 1 ms, and a fortieth of the bundle.
  [
    'semver',
    `export default {
       coerce: (text) => ({ version: /\\d+\\.\\d+\\.\\d+/.exec(text)?.[0] }),
       satisfies: () => true,
       gte: () => false,
     };`,
  ],
]);

const MARK = '\0for-sharp:';
const sharp = createRequire(import.meta.url).resolve('sharp');
const manifest = join(sharp, '../../package.json');

/**
 * Of what sharp's package says of itself, what its code asks for; most of it are names of people.
 */
function shortManifest(): string {
  const { version, config, engines, optionalDependencies } = JSON.parse(
    readFileSync(manifest, 'utf8'),
  );
  return JSON.stringify({ version, config, engines, optionalDependencies });
}

/**
 * Bundles sharp's JavaScript, but not its native package, which is looked for where sharp is
 * installed: that must be the version that was bundled, so package.json names just one.
 */
export const bundledSharp: Plugin = {
  name: 'bundled-sharp',
  resolveId(id, importer = '') {
    if (importer.startsWith(MARK)) return this.resolve(id, sharp);
    const standsIn = STAND_INS.has(id) && /\/node_modules\/sharp\//.test(importer);
    return standsIn ? `${MARK}${id}` : undefined;
  },
  load(id) {
    if (id === manifest) return shortManifest();
    return id.startsWith(MARK) ? STAND_INS.get(id.slice(MARK.length)) : undefined;
  },
};
