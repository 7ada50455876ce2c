import type { Interfaces } from '@oclif/core';
import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import { type FailKind, failKinds, type Strictness } from '../lib/convert/strictness.ts';
import type { StorageSettings } from '../lib/storage/client.ts';
import { readStorageSettings } from '../lib/task/settings.ts';
import { processEnvironment } from './environment.ts';
import { Flags, wrongUsage } from './flag-kinds.ts';
import { settingFlag, settingTextFlag } from './setting-flags.ts';
import { settingName, withSettingNames } from './setting-names.ts';

const inR2 = { helpGroup: 'R2' };
const ofJpeg = { helpGroup: 'JPEG' };

/** The bucket; secrets come from the environment or `--env-file`, never from flags. */
export const storageFlags = {
  bucket: settingTextFlag('R2_BUCKET', { ...inR2, summary: 'R2 bucket.' }),
  'account-id': settingTextFlag('R2_ACCOUNT_ID', inR2),
  jurisdiction: settingTextFlag('R2_JURISDICTION', inR2),
  endpoint: settingTextFlag('R2_ENDPOINT', inR2),
};

/** How the JPEG is made. */
export const encoderFlags = {
  quality: settingFlag('JPEG_QUALITY', ofJpeg),
  'chroma-subsampling': settingFlag('JPEG_CHROMA_SUBSAMPLING', ofJpeg),
  effort: settingFlag('JPEG_EFFORT', {
    ...ofJpeg,
    summary: 'Encoder effort; auto takes the highest that memory permits.',
  }),
  profile: settingFlag('JPEG_PROFILE', ofJpeg),
  metadata: settingFlag('JPEG_METADATA', ofJpeg),
  'max-size': settingFlag('JPEG_MAX_SIZE', { ...ofJpeg, helpValue: 'PX' }),
  background: settingFlag('JPEG_BACKGROUND', ofJpeg),
};

/** Which pages are converted. */
export const pageFlag = settingFlag('TIFF_PAGES', { helpValue: 'first|all|1-3,5' });

const FAIL_ON = [...failKinds, 'any'] as const;
const FAIL_ON_TEXT = `${FAIL_ON.slice(0, -1).join(', ')} or any`;

/** What counts as an error instead of a warning. */
export const strictFlags = {
  'fail-on': Flags.custom<ReadonlySet<FailKind>>({
    summary: `Refuse TIFFs that would lose these, or have a warning: ${FAIL_ON_TEXT}, separated by commas. "inspect" lists what a TIFF loses.`,
    helpValue: 'KIND,...',
    parse: failKindsOf,
  })(),
};

async function failKindsOf(text: string): Promise<ReadonlySet<FailKind>> {
  const asked: readonly string[] = text.split(',').map((kind) => kind.trim());
  const unknown = asked.find((kind) => !FAIL_ON.some((known) => known === kind));
  if (unknown !== undefined)
    throw await wrongUsage(`must be ${FAIL_ON_TEXT}, not ${unknown || 'empty'}`);
  return new Set(failKinds.filter((kind) => asked.includes(kind) || asked.includes('any')));
}

/** The strictness that flags describe. */
export function strictnessOf(flags: {
  readonly 'fail-on'?: ReadonlySet<FailKind> | undefined;
}): Strictness {
  return { failOn: flags['fail-on'] ?? new Set() };
}

/**
 * The storage that flags and environment describe. Throws `SettingsError` naming all that is
 * missing.
 *
 * @param keyName what the user named the object by, for remedies
 */
export function storageSettingsOf(
  flags: Interfaces.InferredFlags<typeof storageFlags>,
  keyName = 'the key',
): StorageSettings {
  const given = {
    R2_BUCKET: flags.bucket,
    R2_ACCOUNT_ID: flags['account-id'],
    R2_JURISDICTION: flags.jurisdiction,
    R2_ENDPOINT: flags.endpoint,
  };
  const settings = withSettingNames(given, () =>
    readStorageSettings({ ...processEnvironment(), ...given }),
  );
  const names = {
    key: keyName,
    bucket: settingName('R2_BUCKET', given),
    accountId: settingName('R2_ACCOUNT_ID', given),
    jurisdiction: settingName('R2_JURISDICTION', given),
    endpoint: settingName('R2_ENDPOINT', given),
  };
  return { ...settings, names };
}

/** The encoder settings that flags and environment describe. */
export function encoderSettingsOf(
  flags: Interfaces.InferredFlags<typeof encoderFlags>,
): EncoderSettings {
  return {
    quality: flags.quality,
    chromaSubsampling: flags['chroma-subsampling'],
    background: flags.background,
    effort: flags.effort,
    profile: flags.profile,
    metadata: flags.metadata,
    maxSize: flags['max-size'],
  };
}
