import type { Sandbox } from '../../../src/dev/sandbox/sandbox.ts';
import type { TaskPatience } from '../../../src/lib/task/running-task.ts';
import type { FaultOf } from '../../support/fault.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import type { TestFolder } from '../../support/folder.ts';
import { type RunSetup, startProgram } from '../../support/program.ts';
import { withPatience } from '../../support/task-patience.ts';
import { newTask } from '../../support/tasks.ts';
import { startTlsFront, type TlsMode } from '../../support/tls-front.ts';
import type { Pictures } from './pictures.ts';

/** What the cells of a file share. */
export interface Stand {
  readonly sandbox: Sandbox;
  readonly folder: TestFolder;
  readonly pictures: Pictures;
}

/** How a cell wants its task. */
export interface Scenario {
  readonly picture: keyof Pictures;
  /** Whether the TIFF is there. */
  readonly lost?: boolean;
  readonly patience?: TaskPatience;
  readonly env?: Readonly<Record<string, string>>;
  readonly r2?: (world: Running) => FaultOf;
  readonly orchestrator?: (world: Running) => FaultOf;
  /** Before the program starts. */
  readonly before?: (world: World) => void | Promise<void>;
  /** At each line of its log. */
  readonly onLine?: (line: string, world: Running) => void;
  /** While it runs. */
  readonly meanwhile?: (world: Running) => Promise<void>;
  /** R2 is asked by TLS, and this is how it answers to that. */
  readonly tls?: TlsMode;
  /** Puts the program under something that is no environment: a memory cap. */
  readonly wrap?: RunSetup['wrap'];
}

/** All that stands around a task. */
export interface World extends Stand {
  readonly picture: keyof Pictures;
  readonly batchId: string;
  readonly taskId: string;
  readonly tiffKey: string;
  /** By its order: the JPEG's own key, then the one for when that is taken. */
  readonly jpegKeys: readonly [string, string];
  readonly temporary: string;
  readonly r2: FaultServer;
  readonly orchestrator: FaultServer;
  readonly secrets: readonly string[];
  /** What came to the orchestrator's door. */
  readonly bodies: readonly string[];
  /** Each time that something went wrong as it should. */
  readonly happened: string[];
  /** The TIFF as it is in R2 now. */
  tiff(): Uint8Array | undefined;
  replaceTiff(): Promise<void>;
  /** Somebody else's object under a key that the JPEG may have. */
  putForeignJpeg(index: number): Promise<void>;
  /** A JPEG of an earlier version of the TIFF, which is to be replaced. */
  putOlderJpeg(): Promise<void>;
  /** What a server makes of a JPEG that comes, under the key that it is to have. */
  putJpeg(bytes: Uint8Array): Promise<void>;
  arrived(): Promise<string[]>;
}

/** A world whose program has been started. */
export interface Running extends World {
  kill(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
  /** Whether a line of its log has this in it. */
  said(text: string): boolean;
}

/** How a task ended. */
export interface Ended {
  readonly world: World;
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** What somebody else has put where the JPEG would go. */
export const FOREIGN = Buffer.from('somebody else’s picture');
const CALLBACK_SECRET = `whsec_${Buffer.from('the secret of the fault table...').toString('base64')}`;
const QUERY = 'token=a-secret-in-the-query';
/** Longer than any cell takes, so that no deadline decides what a slow machine does. */
const NO_HURRY = { TASK_TIMEOUT_MS: '400000' };

/** Runs a task under a scenario and waits for its end. */
export async function runScenario(stand: Stand, scenario: Scenario): Promise<Ended> {
  const { sandbox } = stand;
  const { batchId, taskId } = newTask();
  const bodies: string[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<Running>();
  const lazily = (make: Scenario['r2']): FaultOf => {
    const made = ready.then((world) => make?.(world));
    return async (request) => (await made)?.(request);
  };
  const atDoor = lazily(scenario.orchestrator);
  await using r2 = await startFaultServer(sandbox.endpoint, lazily(scenario.r2));
  await using orchestrator = await startFaultServer(
    sandbox.callbackUrl(batchId, taskId),
    async (request) => {
      bodies.push(String(await request.body()));
      return atDoor(request);
    },
  );
  const objects = await prepareObjects(stand, scenario, taskId);
  const { folder, pictures } = stand;
  const world: World = {
    sandbox,
    folder,
    pictures,
    ...objects,
    batchId,
    taskId,
    picture: scenario.picture,
    happened: [],
    r2,
    orchestrator,
    bodies,
    temporary: await stand.folder.make(taskId),
    secrets: [...Object.values(sandbox.credentials), CALLBACK_SECRET, QUERY],
    arrived: async () => (await sandbox.callbacks(batchId, taskId)).map(({ body }) => body),
  };
  await scenario.before?.(world);
  const { tls } = scenario;
  await using front = tls
    ? await startTlsFront(tls, r2.url, () => world.happened.push(tls))
    : undefined;
  const trusted = front
    ? { NODE_EXTRA_CA_CERTS: await folder.write(`${taskId}.pem`, front.certificate) }
    : {};
  const program = startProgram(['run'], {
    env: {
      ...sandbox.environment(batchId, taskId, objects.tiffKey),
      ...NO_HURRY,
      R2_ENDPOINT: front?.url ?? r2.url,
      ...(tls === 'a certificate that nobody trusts' ? {} : trusted),
      CALLBACK_URL: `${orchestrator.url}?${QUERY}`,
      CALLBACK_SECRET,
      TMPDIR: world.temporary,
      NODE_COMPILE_CACHE: stand.folder.path('compile-cache'),
      ...withPatience(scenario.patience ?? {}),
      ...scenario.env,
    },
    wrap: scenario.wrap,
  });
  const lines: string[] = [];
  let ended = false;
  program.finally(() => {
    ended = true;
  });
  const running: Running = {
    ...world,
    kill: (signal) => void program.kill(signal),
    hasEnded: () => ended,
    said: (text) => lines.some((line) => line.includes(text)),
  };
  resolve(running);
  try {
    await Promise.all([
      scenario.meanwhile?.(running),
      followLog(program, lines, (line) => scenario.onLine?.(line, running)),
    ]);
    const { exitCode, stdout, stderr } = await program;
    return { world, exitCode, output: `${stdout}${stderr}` };
  } finally {
    program.kill('SIGKILL');
  }
}

async function followLog(
  program: ReturnType<typeof startProgram>,
  lines: string[],
  onLine: (line: string) => void,
): Promise<void> {
  let rest = '';
  for await (const chunk of program.stdout ?? []) {
    const whole = `${rest}${chunk}`.split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) {
      lines.push(line);
      onLine(line);
    }
  }
}

async function prepareObjects(
  { sandbox, pictures }: Stand,
  { picture, lost = false }: Scenario,
  taskId: string,
): Promise<
  Pick<
    World,
    'tiffKey' | 'jpegKeys' | 'tiff' | 'replaceTiff' | 'putForeignJpeg' | 'putOlderJpeg' | 'putJpeg'
  >
> {
  const tiffKey = `${taskId}/image.tif`;
  const jpegKeys = [`${taskId}/image.jpg`, `${taskId}/image.tif.jpg`] as const;
  const versions = [...pictures[picture]];
  if (!lost && versions[0]) await sandbox.putObject(tiffKey, versions[0]);
  return {
    tiffKey,
    jpegKeys,
    tiff: () => (lost ? undefined : versions[0]),
    replaceTiff: async () => {
      versions.shift();
      if (versions[0]) await sandbox.putObject(tiffKey, versions[0]);
    },
    putForeignJpeg: (index) => sandbox.putObject(jpegKeys[index] ?? '', FOREIGN),
    putOlderJpeg: () =>
      sandbox.putObject(jpegKeys[0], FOREIGN, {
        metadata: { 'arke-source-key': encodeURIComponent(tiffKey) },
      }),
    putJpeg: (bytes) => sandbox.putObject(jpegKeys[0], bytes),
  };
}
