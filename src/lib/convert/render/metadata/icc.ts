import type { Metadata } from 'sharp';
import type { ProfileSetting } from '../../encoder-settings.ts';
import type { ConversionNote } from '../../messages.ts';
import { appSegment } from './jpeg-segments.ts';

/** What is done with a picture's profile. */
export interface ProfilePlan {
  /** Embedded, with colours unchanged; undefined: colours are converted, and none is embedded. */
  readonly kept: Buffer | undefined;
  /** Colours were converted to sRGB, rather than being sRGB already. */
  readonly converted: boolean;
  readonly notes: readonly ConversionNote[];
}

/** The picture as the decoder sees it, and the samples per pixel of its JPEG. */
interface Picture extends Pick<Metadata, 'space' | 'icc'> {
  readonly channels: 1 | 3;
}

/**
 * sharp's names of spaces that a JPEG can hold unconverted, and the profile's signatures for them
 * (ICC.1:2022, table 19).
 */
const SPACES: Readonly<Record<string, { readonly signature: string; readonly channels: 1 | 3 }>> = {
  srgb: { signature: 'RGB ', channels: 3 },
  rgb16: { signature: 'RGB ', channels: 3 },
  'b-w': { signature: 'GRAY', channels: 1 },
  grey16: { signature: 'GRAY', channels: 1 },
};

/**
 * Plans what happens to a picture's profile. `keep` keeps it if it describes the samples of the
 * JPEG; other colour spaces (CMYK, Lab) are converted to sRGB, as without `keep`.
 */
export function planProfile(setting: ProfileSetting, picture: Picture): ProfilePlan {
  const { space, icc, channels } = picture;
  const wanted = SPACES[space ?? ''];
  const problem = icc && problemOf(icc, wanted?.signature);
  // Other spaces are converted without a profile too.
  const converted = !wanted || (icc !== undefined && !problem);
  const plan = { kept: undefined, converted, notes: [] };
  if (setting === 'srgb' || !icc) return plan;
  if (!wanted) return { ...plan, notes: [convertedNote(`the picture is ${space?.toUpperCase()}`)] };
  if (problem) return { ...plan, notes: [dropped(problem)] };
  if (channels !== wanted.channels)
    return { ...plan, notes: [convertedNote('its greyscale is laid on a colour')] };
  return { kept: icc.subarray(0, icc.readUInt32BE(0)), converted: false, notes: [] };
}

function dropped(why: string): ConversionNote {
  const message = `The colour profile of the TIFF was left out: it ${why}`;
  return { code: 'METADATA_DROPPED', message };
}

function convertedNote(what: string): ConversionNote {
  const message = `The colours were converted to sRGB, as a JPEG cannot keep the profile: ${what}`;
  return { code: 'PROFILE_CONVERTED', message };
}

/** ICC.1:2022, 7.2: offsets in the header, and its length. */
const HEADER = { deviceClass: 12, colourSpace: 16, signature: 36, bytes: 128 } as const;
/** Device link, abstract and named colour profiles do not describe samples (ICC.1:2022, 7.2.5). */
const NOT_EMBEDDED = ['link', 'abst', 'nmcl'];
const TAG_BYTES = 12;

/** What is wrong with a profile; undefined if it can be embedded with samples of the space. */
function problemOf(icc: Buffer, signature: string | undefined): string | undefined {
  if (icc.length < HEADER.bytes + 4 || textAt(icc, HEADER.signature) !== 'acsp')
    return 'is damaged';
  const size = icc.readUInt32BE(0);
  const tags = icc.readUInt32BE(HEADER.bytes);
  if (size > icc.length || HEADER.bytes + 4 + tags * TAG_BYTES > size) return 'is damaged';
  for (let i = 0; i < tags; i++) {
    const at = HEADER.bytes + 4 + i * TAG_BYTES;
    if (icc.readUInt32BE(at + 4) + icc.readUInt32BE(at + 8) > size) return 'is damaged';
  }
  if (NOT_EMBEDDED.includes(textAt(icc, HEADER.deviceClass))) return 'describes no picture';
  if (signature && textAt(icc, HEADER.colourSpace) !== signature)
    return 'is of another colour space';
  return size > MOST_CHUNKS * CHUNK_BYTES ? 'is too large for a JPEG' : undefined;
}

function textAt(icc: Buffer, at: number): string {
  return icc.toString('latin1', at, at + 4);
}

/** ICC.1:2022, annex B.4: bytes of a segment after name, number and count. */
const CHUNK_BYTES = 65_519;
const MOST_CHUNKS = 255;
const NAME = Buffer.from('ICC_PROFILE\0', 'latin1');

/** The segments that embed a profile in a JPEG. */
export function iccSegments(profile: Buffer): Buffer[] {
  const count = Math.ceil(profile.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, i) => {
    const chunk = profile.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
    return appSegment(2, NAME, Buffer.from([i + 1, count]), chunk);
  });
}
