import { type CallbackFront, startCallbackFront } from './callback-front.ts';
import { createCallbackInbox, inputAmong } from './callback-inbox.ts';
import type { CleanUps } from './clean-ups.ts';
import type { DevOptions } from './dev.ts';
import type { DevFolder } from './dev-folder.ts';
import type { FaultSwitches } from './fault-switches.ts';
import { createCallbackForwarder } from './forward-callback.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts';
import { startStorageProxy } from './storage-proxy.ts';
import type { TaskList } from './task-list.ts';

/** All servers. */
export interface DevServers {
  readonly pageServer: PageServer;
  readonly sandbox: Sandbox;
  /** The S3 endpoint for workers, which injects the faults. */
  readonly endpoint: string;
  /** The orchestrator's base address for workers, without a trailing slash. */
  readonly orchestrator: CallbackFront['url'];
}

/** What the servers work with. */
export interface ServerParts {
  readonly folder: Pick<DevFolder, 'credentials' | 'r2'>;
  readonly faults: FaultSwitches;
  readonly list: TaskList;
  /** The User-Agent of replayed callbacks. */
  readonly replayAgent: string;
}

/** Starts the servers. Throws like `startDev`. */
export async function startDevServers(
  { port, forwardTo, signal }: Pick<DevOptions, 'port' | 'forwardTo' | 'signal'>,
  cleanUps: CleanUps,
  { folder, faults, list, replayAgent }: ServerParts,
): Promise<DevServers> {
  const pageServer = await startPageServer(portAfter(port, 1));
  cleanUps.add(pageServer.close);
  const findInput = async (outputKey: string) => {
    const stem = outputKey.replace(/\.[^./]*$/, '');
    return inputAmong(await sandbox.listKeys(stem), outputKey);
  };
  const forwarder = forwardTo === undefined ? undefined : createCallbackForwarder(forwardTo);
  cleanUps.add(async () => forwarder?.stop());
  const forward = forwarder?.forward;
  const onCallback = createCallbackInbox(list, faults, { replayAgent, findInput, forward });
  const sandbox = await startSandbox({
    credentials: folder.credentials,
    persistTo: folder.r2,
    observer: { origin: pageServer.origin, onCallback },
    ...(signal ? { signal } : {}),
  });
  cleanUps.add(sandbox.stop);
  const front = await startCallbackFront(sandbox.url, port);
  cleanUps.add(front.close);
  const proxy = await startStorageProxy({
    target: sandbox.endpoint,
    port: portAfter(port, 2),
    fault: () => faults.now().storage,
  });
  cleanUps.add(proxy.close);
  return { pageServer, sandbox, endpoint: proxy.endpoint, orchestrator: front.url };
}

function portAfter(port: number, distance: number): number {
  return port === 0 ? 0 : port + distance;
}
