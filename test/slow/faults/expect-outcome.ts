import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { decodeJpeg, largestDifference } from '../../support/pixels.ts';
import { until } from '../../support/until.ts';
import { processesOf } from './conversion-processes.ts';
import type { Outcome } from './outcome.ts';
import { type Ended, FOREIGN, type World } from './world.ts';

/** Asserts that a task ended as the table says, and what holds for every task however it ends. */
export async function expectOutcome(ended: Ended, outcome: Outcome): Promise<void> {
  const { world, exitCode, output } = ended;
  const arrived = await world.arrived();
  expect(exitCode, output).toBe(outcome.exitCode);
  if (outcome.log) expect(output).toMatch(outcome.log);
  if (outcome.sent === 'several') expect(world.bodies.length, output).toBeGreaterThan(1);
  else expect(world.bodies, output).toHaveLength(outcome.sent);
  expect(arrived, output).toHaveLength(outcome.arrived);
  const bodies = new Set([...world.bodies, ...arrived]);
  expect(bodies.size, 'one body').toBeLessThanOrEqual(1);
  for (const body of bodies) expectBody(body, outcome);
  if (outcome.log?.source.includes('not delivered')) expectLoggedBody(ended, outcome);
  await expectObjects(world, outcome);
  if (outcome.outbox) await expectOutbox(ended, outcome.outbox);
  if (outcome.listed) await expectListed(world, outcome.listed);
  expectNoSecret(world, [output, ...bodies]);
  if (outcome.temporary === 'gone') expect(await readdir(world.temporary)).toEqual([]);
  // One whose parent was killed notices by itself, in its own time.
  await until(() => processesOf(world.temporary).length === 0);
}

function expectBody(body: string, { callback, error }: Outcome): void {
  const payload = JSON.parse(body) as { status: string; error?: string };
  expect(payload.status).toBe(callback);
  if (error) expect(payload.error).toMatch(error);
}

/** What the orchestrator goes on with is the JPEG that is in R2, or none. */
async function expectListed(world: World, listed: 'yes' | 'no'): Promise<void> {
  const batch = await world.sandbox.batch(world.batchId);
  const key = batch?.tasks[world.taskId]?.output_r2_key;
  expect(key).toBe(listed === 'yes' ? world.jpegKeys[0] : undefined);
}

/**
 * The body that was not delivered stands alone on a line, for `arke-tiff callback send --data -`.
 */
function expectLoggedBody({ world, output }: Ended, outcome: Outcome): void {
  const logged = output.split('\n').filter((line) => line.startsWith('{'));
  expect(logged).toHaveLength(1);
  for (const body of logged) expectBody(body, outcome);
  if (world.bodies[0]) expect(logged).toEqual([world.bodies[0]]);
}

/** The outbox holds the very body that is in the log, or nothing of the task. */
async function expectOutbox(
  { world, output }: Ended,
  expected: NonNullable<Outcome['outbox']>,
): Promise<void> {
  const { sandbox, tiffKey } = world;
  const [taskId] = tiffKey.split('/');
  const keys = (await sandbox.listKeys('arke-outbox/pending/')).filter((key) =>
    key.includes(`/${taskId}/`),
  );
  expect(keys, output).toHaveLength(expected === 'kept' ? 1 : 0);
  for (const key of keys) {
    const text = Buffer.from((await sandbox.getObject(key))?.bytes ?? []).toString();
    const { body, lease } = JSON.parse(text);
    expect(output.split('\n')).toContain(body);
    expect(lease, 'anybody may send it').toBeUndefined();
    expectNoSecret(world, [text]);
  }
}

async function expectObjects(world: World, { jpeg, callback }: Outcome): Promise<void> {
  const { sandbox, tiffKey, jpegKeys, tiff, picture } = world;
  const [first, second] = await Promise.all(jpegKeys.map((key) => sandbox.getObject(key)));
  const original = await sandbox.getObject(tiffKey);
  const same =
    tiff() === undefined
      ? !original
      : original && !Buffer.compare(original.bytes, tiff() as Uint8Array);
  expect(same, 'the TIFF is as it was').toBe(true);
  const ours = { whole: first, 'second name': second, absent: undefined }[jpeg];
  // What else is there is somebody else's.
  for (const object of [first, second])
    if (object && object !== ours) expect(Buffer.from(object.bytes)).toEqual(FOREIGN);
  if (!ours) return;
  // Noise is another one after each encoder; vast pictures take too long to compare.
  await expectWhole(ours.bytes, tiff() as Uint8Array, picture === 'small' || picture === 'wide');
  expect(ours.metadata['arke-source-etag']).toContain(md5(tiff() as Uint8Array));
  const [body] = world.bodies;
  const key = jpegKeys[ours === first ? 0 : 1];
  const { length } = ours.bytes;
  if (body && callback === 'success')
    expect(JSON.parse(body)).toMatchObject({ output_r2_key: key, output_file_size: length });
  expectNoSecret(world, Object.values(ours.metadata));
}

/** Decodes to its end, and is the picture of this TIFF and of no other version. */
async function expectWhole(jpeg: Uint8Array, tiff: Uint8Array, exact: boolean): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(tiff).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const picture = await decodeJpeg(Buffer.from(jpeg));
  expect(picture).toMatchObject({ width, height, channels });
  if (exact) expect(largestDifference(picture, { ...info, data })).toBeLessThan(16);
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

function expectNoSecret({ secrets }: World, texts: readonly string[]): void {
  for (const secret of secrets)
    expect(
      texts.some((text) => text.includes(secret)),
      'a secret is seen',
    ).toBe(false);
}
