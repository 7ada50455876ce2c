import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

/** A command that sees an empty /proc. */
const withoutProc = (command: readonly string[]) => [
  ...['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'],
  ...command,
];
const [unshare = '', ...flags] = withoutProc(['true']);
const canBeHidden = spawnSync(unshare, flags).status === 0;

it.skipIf(!canBeHidden)(
  `a machine without /proc converts as any other${canBeHidden ? '' : ' (/proc cannot be hidden here)'}`,
  async () => {
    await folder.write('a.tif', await plainTiff());
    await folder.write('b.tif', await plainTiff());
    const args = ['convert', folder.root, '-j', '2', '--verify', '--json'];
    const { exitCode, stdout } = await runProgram(args, { wrap: withoutProc });
    expect(JSON.parse(stdout)).toMatchObject({ summary: { converted: 2, failed: 0 } });
    expect(exitCode).toBe(0);
  },
);
