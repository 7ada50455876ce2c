import type { MetadataSetting } from '../../encoder-settings.ts';
import type { Drop } from './drop.ts';
import { appSegment, MAX_SEGMENT_BYTES } from './jpeg-segments.ts';

/** The first byte of every dataset (IPTC-NAA IIM 4.2, 1.5). */
const MARKER = 0x1c;
/** Photoshop's resource number for IPTC. */
const IPTC_RESOURCE = 0x0404;
const NAME = Buffer.from('Photoshop 3.0\0', 'latin1');
/** Signatures of resources: Photoshop's, and later ones. */
const SIGNATURES = ['8BIM', 'PHUT', 'AgHg', 'DCSR', 'MeSa'];

/** By-line and its title, credit, source, copyright notice; and the text encoding (1:90). */
const COPYRIGHT = ['2:80', '2:85', '2:110', '2:115', '2:116'];
const ENCODING = '1:90';

/** A dataset, such as `2:80`, with all of its bytes. */
interface Dataset {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The segments with a TIFF's IPTC: from its own tag (33723), or else from Photoshop's resources
 * (34377), of which nothing else is kept. A damaged block yields its readable part.
 */
export function iptcSegments(
  { iptc, photoshop }: { readonly iptc?: Uint8Array; readonly photoshop?: Uint8Array },
  mode: Exclude<MetadataSetting, 'none'>,
  drop: Drop,
): Buffer[] {
  const block = iptc ?? (photoshop && findIptc(photoshop, drop));
  if (!block) return [];
  const { datasets, complete } = readDatasets(inOrder(block));
  if (!complete) drop('IPTC', datasets.length > 0 ? 'damaged from some place on' : 'damaged');
  const kept = mode === 'all' ? datasets : ofCopyright(datasets);
  return kept.length === 0 ? [] : resourceSegments(Buffer.concat(kept.map(({ bytes }) => bytes)));
}

function ofCopyright(datasets: readonly Dataset[]): Dataset[] {
  const kept = datasets.filter(({ name }) => COPYRIGHT.includes(name));
  return kept.length === 0
    ? []
    : datasets.filter(({ name }) => name === ENCODING || COPYRIGHT.includes(name));
}

/** Some writers declare the bytes as 32-bit numbers and swap them to the file's order. */
function inOrder(block: Uint8Array): Uint8Array {
  if (block[0] === MARKER || block[3] !== MARKER) return block;
  const whole = block.length - (block.length % 4);
  return Buffer.from(block.subarray(0, whole)).swap32();
}

function readDatasets(block: Uint8Array): { datasets: Dataset[]; complete: boolean } {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const datasets: Dataset[] = [];
  let at = 0;
  while (at + 5 <= block.length && block[at] === MARKER) {
    const end = endOf(view, at);
    if (end === undefined || end > block.length) break;
    const name = `${block[at + 1]}:${block[at + 2]}`;
    datasets.push({ name, bytes: block.subarray(at, end) });
    at = end;
  }
  return { datasets, complete: block.subarray(at).every((byte) => byte === 0) };
}

/**
 * Where a dataset ends. If the highest bit of its length is set, it gives the number of length
 * bytes (IIM 4.2, 1.6).
 */
function endOf(view: DataView, at: number): number | undefined {
  const length = view.getUint16(at + 3);
  if (length < 0x8000) return at + 5 + length;
  const width = length - 0x8000;
  if (width !== 4 || at + 9 > view.byteLength) return undefined;
  return at + 9 + view.getUint32(at + 5);
}

/** The IPTC among Photoshop's resources (Photoshop File Formats, "Image resource blocks"). */
function findIptc(resources: Uint8Array, drop: Drop): Uint8Array | undefined {
  const bytes = Buffer.from(resources.buffer, resources.byteOffset, resources.byteLength);
  for (let at = 0; at + 12 <= bytes.length; ) {
    if (!SIGNATURES.includes(bytes.toString('latin1', at, at + 4))) break;
    const nameBytes = even((bytes[at + 6] ?? 0) + 1);
    const sizeAt = at + 6 + nameBytes;
    if (sizeAt + 4 > bytes.length) break;
    const start = sizeAt + 4;
    const size = bytes.readUInt32BE(sizeAt);
    const isIptc = bytes.readUInt16BE(at + 4) === IPTC_RESOURCE;
    if (isIptc && start + size > bytes.length) drop('IPTC', 'damaged');
    if (isIptc)
      return start + size > bytes.length ? undefined : bytes.subarray(start, start + size);
    at = start + even(size);
  }
  return undefined;
}

/** IPTC as a Photoshop resource, continued in further segments if necessary, as in Photoshop. */
function resourceSegments(iptc: Buffer): Buffer[] {
  const head = Buffer.alloc(12);
  head.write('8BIM', 'latin1');
  head.writeUInt16BE(IPTC_RESOURCE, 4);
  head.writeUInt32BE(iptc.length, 8);
  const resource = Buffer.concat([head, iptc, Buffer.alloc(iptc.length % 2)]);
  const room = MAX_SEGMENT_BYTES - NAME.length;
  return Array.from({ length: Math.ceil(resource.length / room) }, (_, i) =>
    appSegment(13, NAME, resource.subarray(i * room, (i + 1) * room)),
  );
}

function even(length: number): number {
  return length + (length % 2);
}
