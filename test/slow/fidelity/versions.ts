import sharp from 'sharp';
import { peerVersions } from '../../support/peers.ts';

/**
 * All readers that a measurement compares, with their versions. Throws when a peer is not
 * installed.
 */
export async function readerVersions(): Promise<string> {
  return `sharp ${sharp.versions.sharp}, ${await peerVersions()}`;
}
