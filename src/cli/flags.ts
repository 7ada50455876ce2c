import { Flags, type Interfaces } from '@oclif/core';
import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import type { Strictness } from '../lib/convert/strictness.ts';
import type { StorageSettings } from '../lib/storage/client.ts';
import { readStorageSettings } from '../lib/task/settings.ts';
import { processEnvironment } from './environment.ts';
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
  background: settingFlag('JPEG_BACKGROUND', ofJpeg),
};

/** Which pages are converted. */
export const pageFlag = settingFlag('TIFF_PAGES', { helpValue: 'first|all|N' });

/** What counts as an error instead of a warning. */
export const strictFlags = {
  'fail-on-loss': Flags.boolean({
    summary: 'Refuse TIFFs that would lose information; "inspect" lists what.',
  }),
  'warnings-as-errors': Flags.boolean({
    summary: 'Treat warnings as errors: the JPEG is discarded.',
  }),
};

/** The strictness that flags describe. */
export function strictnessOf(flags: {
  readonly 'fail-on-loss': boolean;
  readonly 'warnings-as-errors': boolean;
}): Strictness {
  return { failOnLoss: flags['fail-on-loss'], warningsAsErrors: flags['warnings-as-errors'] };
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
  };
}
