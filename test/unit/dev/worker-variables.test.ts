import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { workerCommand } from '../../../src/dev/worker-variables.ts';

it('a command for a shell sets the variables that are not secret, and names the file of the others', () => {
  const inFile = { R2_BUCKET: 'bucket', INPUT_R2_KEY: 'other.tif' };
  const line = workerCommand("/home/o'neil/my dev/worker.env", inFile, {
    R2_BUCKET: 'bucket',
    INPUT_R2_KEY: "staging/it's $HOME.tif",
    R2_SECRET_ACCESS_KEY: 'hush',
    JPEG_BACKGROUND: '#ffffff',
  });
  expect(line).not.toContain('R2_BUCKET');
  expect(line).not.toContain('hush');
  const script = `arke-tiff() { printf '%s|' "$INPUT_R2_KEY" "$JPEG_BACKGROUND" "$@"; }\n${line}`;
  // A POSIX shell's functions have no dash in their names.
  const said = execFileSync('sh', ['-c', script.replaceAll('arke-tiff', 'arke_tiff')]).toString();
  expect(said).toBe(
    "staging/it's $HOME.tif|#ffffff|run|--env-file|/home/o'neil/my dev/worker.env|",
  );
});
