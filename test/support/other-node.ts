import { execa } from 'execa';

/**
 * A real Node.js of another version (`20`, `<22.18`), from npm's package `node`: its path and its
 * exact version.
 */
export async function otherNode(
  range: string,
): Promise<{ readonly path: string; readonly version: string }> {
  const code = 'console.log(JSON.stringify({ path: process.execPath, version: process.version }))';
  const npx = execa({ cwd: '/' });
  const { stdout } =
    await npx`npx --yes --prefer-offline --package ${`node@${range}`} -- node --eval ${code}`;
  return JSON.parse(stdout);
}
