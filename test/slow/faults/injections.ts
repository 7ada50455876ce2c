import { createHash } from 'node:crypto';
import type { Fault, Matching } from '../../support/fault.ts';
import { method } from '../../support/fault.ts';
import type { SeenRequest } from '../../support/fault-server.ts';
import type { Cell, Stage } from './cell.ts';
import type { World } from './world.ts';

/** The requests of a stage. */
export const requestsOf: Record<Stage, Matching> = {
  'GET, its answer': method('GET'),
  'GET, its body': method('GET'),
  'GET, a further range': (request) =>
    request.method === 'GET' && !/^bytes=0-/.test(String(request.headers['range'])),
  HEAD: method('HEAD'),
  PUT: method('PUT'),
  'PUT over an older JPEG': method('PUT'),
  'callback of a success': method('POST'),
  'callback of an error': method('POST'),
};

/** What happens to one request of the stage; what it returns may depend on which it is, from 0. */
type Injection =
  | Fault
  | ((world: World, index: number, request: SeenRequest) => Promise<Fault | undefined>);

const PAGE = '<!DOCTYPE html><html><body>Please log in</body></html>';

/** Half a gigabyte would take all memory of a task. */
const HUGE_BYTES = 400 * 1024 * 1024;

/** How the faults that have no number are made. Sizes: a TIFF has 196 kB, or a range of 1.5 MB. */
const general: Record<string, Injection> = {
  reset: { reset: true },
  'never answers': { hang: true },
  'reset after it arrived': { resetAfter: true },
  'never answers after it arrived': { hangAfter: true },
  portal: { status: 200, headers: { 'content-type': 'text/html' }, body: PAGE },
  hugeerr: { status: 500, extraBytes: HUGE_BYTES },
  'answers after 5 s': { answerAfterMs: 5_000 },
};

const ofGet: Record<string, Injection> = {
  // Each time another one: twice the same would be taken for what is there.
  flip: async (_, index) => ({ flipAt: 1_000 + index }),
  'breaks off': { cutAfter: 50_000 },
  stalls: { stallAfter: 50_000 },
  drips: { drip: { bytes: 40_000, everyMs: 20 } },
  'wrong length': { rewrite: { 'content-length': '123' } },
  'too many bytes': { extraBytes: 100, rewrite: { 'content-length': undefined } },
  'object replaced': async ({ replaceTiff }, index) => {
    // The answer breaks off; by the time the rest is asked for, it is another object.
    if (index % 2 === 0) return { cutAfter: 50_000 };
    await replaceTiff();
    return undefined;
  },
};

const ofRange: Record<string, Injection> = {
  ...ofGet,
  'object replaced': async ({ replaceTiff }) => {
    await replaceTiff();
    return undefined;
  },
};

/** When a key was first written to, by the world that it lies in, in milliseconds. */
const written = new WeakMap<World, number>();

const ofPut: Record<string, Injection> = {
  // R2 takes one write a second to a key; somebody else's has just come.
  rate1: async (world) => {
    const first = written.get(world);
    if (first !== undefined && performance.now() - first >= 1_000) return undefined;
    written.set(world, first ?? performance.now());
    return { status: 429 };
  },
  flip: { flipRequestAt: 1_000 },
  put200: { status: 200 },
  'put200 with an ETag': { status: 200, headers: { etag: `"${'0'.repeat(32)}"` } },
  'flip, and taken for what it is': async ({ putJpeg }, index, request) => {
    const bytes = Buffer.from(await request.body());
    bytes[1_000] = (bytes[1_000] ?? 0) ^ (index + 1);
    await putJpeg(bytes);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    return { status: 200, headers: { etag } };
  },
  'breaks off': { cutRequestAfter: 1_000 },
  stalls: { stallRequestAfter: 1_000 },
  drips: { dripRequest: { bytes: 4_000, everyMs: 10 } },
  'object replaced': async ({ putForeignJpeg }, index) => {
    await putForeignJpeg(index);
    return undefined;
  },
};

const ofCallback: Record<string, Injection> = {
  // Whoever is silent may have heard.
  'never answers': { hangAfter: true },
  '302': { status: 302, headers: { location: '/callback/other/task' } },
  '500 Task not found': { status: 500, body: '{"error":"Task not found"}' },
  '500 Batch not found': { status: 500, body: '{"error":"Batch not found"}' },
  '503, then stalls': { status: 503, body: 'Service unavailable', stallAfter: 7 },
  stalls: { stallAfter: 4 },
  'breaks off': { cutAfter: 4 },
  drips: { drip: { bytes: 1, everyMs: 20 } },
  'wrong length': { rewrite: { 'content-length': '100' } },
};

const special: Record<Stage, Record<string, Injection>> = {
  'GET, its answer': {},
  'GET, its body': ofGet,
  'GET, a further range': ofRange,
  HEAD: {},
  PUT: ofPut,
  'PUT over an older JPEG': ofPut,
  'callback of a success': ofCallback,
  'callback of an error': ofCallback,
};

/** What a cell does to a request of its stage. */
export function injectionOf({ stage, fault }: Cell): Injection {
  const named = special[stage][fault] ?? general[fault];
  if (named) return named;
  const [, status, rest = ''] = /^(\d{3})(?: (.*))?$/.exec(fault) ?? [];
  if (!status) throw new Error(`Nobody knows how to make the fault "${fault}" at "${stage}".`);
  if (rest === 'after it arrived') return { statusAfter: Number(status) };
  return {
    status: Number(status),
    ...(status === '429' ? { headers: { 'retry-after': '1' } } : {}),
    ...(rest ? { body: `<Error><Code>${rest}</Code><Message>by the test</Message></Error>` } : {}),
  };
}
