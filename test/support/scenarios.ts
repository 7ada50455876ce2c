import { always, type Fault, method } from './fault.ts';
import type { SeenRequest } from './fault-server.ts';
import { plainTiff } from './pictures.ts';
import { makeTiff } from './tiff-writer.ts';

/** One way a task can fail. */
export interface Scenario {
  /** What happened, as docs/guides/failures.md says it. */
  readonly what: string;
  readonly key?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More than `run` on the command line. */
  readonly args?: readonly string[];
  /** What R2 answers instead, or that nobody is there. */
  readonly fault?: 'gone' | ((request: SeenRequest) => Fault | undefined);
}

const r2Error = (status: number, code: string, message: string): Fault => ({
  status,
  headers: { 'retry-after': '0' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** Sends SIGTERM to itself as soon as anything listens for it. */
const stopAtOnce = `process.on('newListener', (name) => {
  if (name === 'SIGTERM') setImmediate(() => process.kill(process.pid, 'SIGTERM'));
});`;

/** The objects that the scenarios need, by key. */
export async function scenarioObjects(): Promise<Record<string, string | Buffer>> {
  const tiff = await plainTiff();
  const wide = { width: 100_000, height: 1, samplesPerPixel: 1, photometric: 1 };
  return {
    'a/x.tif': tiff,
    'a/broken.tif': 'II*\0 and then nothing that makes sense',
    'a/empty.tif': '',
    'a/picture.tif': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'a/wide.tif': makeTiff({ ...wide, data: new Uint8Array(100_000) }),
    'a/taken.tif': tiff,
    'a/taken.jpg': 'somebody else\u2019s',
    'a/taken.tif.jpg': 'somebody else\u2019s',
  };
}

/** The ways a task can fail, in the order of the table in docs/guides/failures.md. */
export const scenarios: readonly Scenario[] = [
  {
    what: 'a variable is missing or malformed',
    env: { R2_BUCKET: '', JPEG_QUALITY: '0' },
  },
  { what: '`run` gets an argument or flag that it does not know', args: ['extra'] },
  { what: 'the TIFF is not in R2', key: 'a/lost.tif' },
  { what: 'the bucket does not exist', env: { R2_BUCKET: 'nope' } },
  { what: 'the secret is wrong', env: { R2_SECRET_ACCESS_KEY: 'not-the-secret' } },
  { what: 'the access key is unknown', env: { R2_ACCESS_KEY_ID: 'nobody' } },
  {
    what: 'the token has too few rights',
    fault: ({ method }) =>
      method === 'PUT' ? r2Error(403, 'AccessDenied', 'Access Denied') : undefined,
  },
  { what: "R2's name is not found", env: { R2_ENDPOINT: 'http://nowhere.invalid' } },
  { what: 'R2 cannot be reached', fault: 'gone' },
  {
    what: 'R2 keeps failing',
    fault: () => r2Error(503, 'ServiceUnavailable', 'Please try again.'),
  },
  {
    what: "the machine's clock is wrong",
    fault: () => r2Error(403, 'RequestTimeTooSkewed', 'The difference is too large.'),
  },
  {
    what: 'the download keeps breaking off',
    fault: always({ cutAfter: 10 }, method('GET')),
  },
  { what: 'the TIFF is broken', key: 'a/broken.tif' },
  { what: 'the TIFF is empty', key: 'a/empty.tif' },
  { what: 'the file is not a TIFF', key: 'a/picture.tif' },
  { what: 'the TIFF is too large for a JPEG', key: 'a/wide.tif' },
  { what: 'the page does not exist', env: { TIFF_PAGES: '3' } },
  { what: 'both output keys hold foreign objects', key: 'a/taken.tif' },
  { what: 'the temporary folder cannot be created', env: { TMPDIR: '/dev/null/folder' } },
  { what: 'the TIFF needs more memory than there is', env: { MEMORY_LIMIT_MB: '1' } },
  {
    what: 'the task takes too long',
    env: { TASK_TIMEOUT_MS: '3000' },
    fault: () => ({ hang: true }),
  },
  {
    what: 'the machine is told to stop',
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stopAtOnce)}` },
    // What can be finished in time is.
    fault: () => ({ hang: true }),
  },
];
