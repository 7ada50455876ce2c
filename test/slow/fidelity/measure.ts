import { join } from 'node:path';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { readTiffHeader } from '../../../src/lib/convert/header/tiff-header.ts';
import type { ConversionNote } from '../../../src/lib/convert/messages.ts';
import { pagesOf } from '../../../src/lib/convert/pages.ts';
import type { Converter } from '../../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../../src/lib/errors.ts';
import { type Peer, type PeerTask, peers, renditionBy } from '../../support/peers.ts';
import {
  contractSnippet,
  decodeJpeg,
  encodedLikeOurs,
  type Picture,
  psnr,
} from '../../support/pixels.ts';
import type { SharedTiff } from '../../support/shared-tiffs.ts';
import { ALIKE, isAlike, type Renditions, referencesFor } from './references.ts';

/** What arke-tiff made of a TIFF. */
export type Ours =
  | {
      readonly kind: 'picture';
      readonly jpeg: string;
      readonly picture: Picture;
      readonly notes: readonly ConversionNote[];
    }
  | { readonly kind: 'refused'; readonly error: ConversionError };

/** What a reader made of a TIFF; `reads it` where there should have been an error. */
export type Verdict = 'right' | 'wrong' | 'fails' | 'reads it';

/** A TIFF, what arke-tiff makes of it, and what the others do. */
export interface Measured {
  readonly tiff: SharedTiff;
  readonly ours: Ours;
  /**
   * Of our picture to the nearest of those that are right, in decibels; undefined where there is
   * none.
   */
  readonly likeness: number | undefined;
  readonly verdicts: Readonly<Record<'ours' | 'snippet' | Peer, Verdict>>;
}

/**
 * What a measurement stands on: a conversion process, and a folder that its files may be left in.
 */
export interface Bench {
  readonly converter: Converter;
  readonly folder: string;
}

/** As little as possible is lost between our samples and those of the JPEG. */
const FINE = { quality: 95, chromaSubsampling: '4:4:4' } as const;

/**
 * Converts a TIFF and compares the picture, as all readers' pictures, with what is right for it.
 * Throws when it is not known what is right (`referencesFor`), and when a peer is not installed.
 */
export async function measure(tiff: SharedTiff, { converter, folder }: Bench): Promise<Measured> {
  const ours = await convertOurs(tiff, converter, join(folder, `${tiff.file}.jpg`));
  const renditions = await renditionsOf(tiff, folder);
  const picture = ours.kind === 'picture' ? ours.picture : undefined;
  const references = await referencesFor(tiff, renditions, picture);
  const verdictOn = (picture: Picture | undefined): Verdict => {
    if (!picture) return 'fails';
    if (references.length === 0) return 'reads it';
    return isAlike(picture, references) ? 'right' : 'wrong';
  };
  const others = Object.fromEntries(
    Object.entries(renditions).map(([name, rendition]) => [name, verdictOn(rendition)]),
  ) as Record<Peer | 'snippet', Verdict>;
  const likeness = picture && (await likenessTo(references, picture));
  const verdict = verdictOn(picture);
  const right = verdict === 'wrong' && likeness !== undefined && likeness >= ALIKE;
  return { tiff, ours, likeness, verdicts: { ours: right ? 'right' : verdict, ...others } };
}

/**
 * How near a picture of ours comes to the nearest of the right ones, in decibels; where that is too
 * little, to the nearest after the contract's encoder: what that loses of a picture of four pixels
 * is no fault of the samples.
 */
async function likenessTo(references: readonly Picture[], picture: Picture): Promise<number> {
  const nearest = (pictures: readonly Picture[]) =>
    Math.max(0, ...pictures.map((reference) => psnr(picture, reference)));
  const direct = nearest(references);
  if (direct >= ALIKE) return direct;
  const encode = (reference: Picture) => encodedLikeOurs(reference, picture.channels);
  return Math.max(direct, nearest(await Promise.all(references.map(encode))));
}

/** Errors that are no `ConversionError` are bugs, and thrown. */
async function convertOurs(tiff: SharedTiff, converter: Converter, jpeg: string): Promise<Ours> {
  try {
    const { notes } = await convertInPlace(tiff.path, jpeg, { converter, ...FINE });
    return { kind: 'picture', jpeg, picture: await decodeJpeg(jpeg), notes };
  } catch (error) {
    if (error instanceof ConversionError) return { kind: 'refused', error };
    throw error;
  }
}

async function renditionsOf({ path }: SharedTiff, folder: string): Promise<Renditions> {
  const header = await readTiffHeader(path);
  const page: PeerTask['page'] = header ? pagesOf(header)[0] : { orientation: 1, iccBytes: 0 };
  const found: Partial<Record<Peer, Picture | undefined>> = {};
  for (const peer of peers) found[peer] = await renditionBy(peer, { path, page, folder });
  const { vips, ImageMagick, tiff2rgba } = found;
  return { vips, ImageMagick, tiff2rgba, snippet: await renditionBySnippet(path) };
}

async function renditionBySnippet(path: string): Promise<Picture | undefined> {
  const jpeg = await contractSnippet(path, FINE).catch(() => undefined);
  return jpeg && decodeJpeg(jpeg);
}
