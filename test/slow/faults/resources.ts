import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeCap, noCapBecause } from '../../support/memory-cap.ts';
import { converted, failed, type Outcome } from './outcome.ts';
import { endless } from './patience.ts';
import type { Scenario, World } from './world.ts';

const run = promisify(execFile);

/** What is put around a task, and taken away when it has been looked at. */
export interface Shortage extends AsyncDisposable {
  readonly scenario: Partial<Scenario>;
  /** Whether it was really felt. */
  readonly felt: () => boolean;
}

/** A resource that runs out, and how the task ends. */
export interface ResourceCell {
  readonly event: string;
  readonly stage: string;
  readonly outcome: Outcome;
  readonly picture: Scenario['picture'];
  readonly env?: Readonly<Record<string, string>>;
  /** Why it cannot be made to run out here. */
  readonly impossible: () => string | undefined;
  readonly make: (sizeOfTiff: number) => Shortage;
}

/** Room for the program and for a conversion as `fast`, but not for the 60 megapixels as `max`. */
const CAP_MB = 352;

function memoryCap(): Shortage {
  const cap = makeCap({ megabytes: CAP_MB });
  return {
    scenario: { wrap: cap.wrap },
    felt: () => cap.oomKills() > 0,
    [Symbol.asyncDispose]: () => cap[Symbol.asyncDispose](),
  };
}

/** A disk of so many bytes in place of the temporary folder. */
function smallDisk(bytes: number): Shortage {
  let mounted: string | undefined;
  return {
    scenario: {
      before: async ({ temporary }: World) => {
        const options = `size=${Math.ceil(bytes / 4096) * 4096},mode=700`;
        await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', temporary]);
        mounted = temporary;
      },
    },
    felt: () => mounted !== undefined,
    [Symbol.asyncDispose]: async () => {
      if (mounted) await run('umount', [mounted]);
    },
  };
}

function noMountBecause(): string | undefined {
  if (process.platform !== 'linux') return 'small disks are made by Linux';
  return process.getuid?.() === 0 ? undefined : 'small disks are made by root';
}

const nothing = (): Shortage => ({
  scenario: {},
  felt: () => true,
  [Symbol.asyncDispose]: async () => {},
});

const memory = {
  stage: 'conversion',
  picture: 'vast',
  impossible: noCapBecause,
  make: memoryCap,
} as const;
/** The plan is told of memory that is not there. */
const MISLED = { MEMORY_LIMIT_MB: '4000' };

/** Memory and disk that run out. */
export const resources: readonly ResourceCell[] = [
  {
    ...memory,
    event: 'memory runs out (killed by the kernel)',
    env: MISLED,
    outcome: converted({ log: /Out of memory while converting .* Converting again with less/ }),
  },
  {
    ...memory,
    event: 'memory runs out, and JPEG_EFFORT=max leaves no other way',
    env: { ...MISLED, JPEG_EFFORT: 'max' },
    outcome: failed(
      /^Out of memory while converting "image.tif": 60\.0 MP need about \d+ MB, limit 4000 MB/,
    ),
  },
  {
    event: 'disk full',
    stage: 'GET, its body',
    picture: 'wide',
    outcome: failed(/^Failed to download TIFF: Could not write .*ENOSPC.* The disk is full/),
    impossible: noMountBecause,
    make: (sizeOfTiff) => smallDisk(sizeOfTiff / 2),
  },
  {
    event: 'disk full',
    stage: 'conversion',
    picture: 'heavy',
    outcome: failed(
      /^Failed to convert TIFF: .* could not be written: free some space on the disk/,
    ),
    impossible: noMountBecause,
    make: (sizeOfTiff) => smallDisk(sizeOfTiff + 100_000),
  },
  {
    event: 'no temporary folder',
    stage: 'while it starts',
    picture: 'small',
    env: { TMPDIR: '/dev/null/folder' },
    outcome: failed(/^Could not create a temporary folder in \/dev\/null\/folder/),
    impossible: () => undefined,
    make: nothing,
  },
];

/** The scenario of such a cell. */
export function scenarioUnder(shortage: Shortage, { picture, env }: ResourceCell): Scenario {
  return { picture, patience: endless, ...(env ? { env } : {}), ...shortage.scenario };
}
