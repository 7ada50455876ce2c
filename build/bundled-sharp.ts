import { createRequire } from 'node:module';
import type { Plugin } from 'rolldown';

/**
 * What sharp's files get for what they import. In milliseconds: the CPU that it saves until the conversion
 * process is ready; what it stands in for is loaded when it is asked for.
 */
const STAND_INS = new Map([
  // From sharp's own place, its native package is found: strict package managers (pnpm) show it to nobody else.
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
  // For pictures with transparency: 2 ms.
  ['@img/colour', `export default (colour) => require('@img/colour')(colour);`],
  // Three functions of it are asked for, two of them for saying what is wrong with an installation: 1 ms.
  [
    'semver',
    `export default {
       get coerce() { return require('semver/functions/coerce'); },
       get satisfies() { return require('semver/functions/satisfies'); },
       get gte() { return require('semver/functions/gte'); },
     };`,
  ],
]);

const MARK = '\0for-sharp:';
const sharp = createRequire(import.meta.url).resolve('sharp');

/**
 * Bundles sharp's JavaScript, but not its native package, which is looked for where sharp is installed:
 * that must be the version that was bundled, so package.json names just one.
 */
export const bundledSharp: Plugin = {
  name: 'bundled-sharp',
  resolveId(id, importer = '') {
    if (importer.startsWith(MARK)) return this.resolve(id, sharp);
    const standsIn = STAND_INS.has(id) && /\/node_modules\/sharp\//.test(importer);
    return standsIn ? `${MARK}${id}` : undefined;
  },
  load: (id) => (id.startsWith(MARK) ? STAND_INS.get(id.slice(MARK.length)) : undefined),
};
