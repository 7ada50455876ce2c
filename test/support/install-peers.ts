import { messageOf } from '../../src/lib/errors.ts';
import { installDebianPackages } from './debian-packages.ts';

/**
 * Brings the independent readers that conversions are compared with. Where they cannot be installed,
 * the tests that need them fail and say so; all others run.
 */
export default function installPeers(): void {
  try {
    installDebianPackages([
      'imagemagick',
      'libtiff-tools',
      'libvips-tools',
      'libimage-exiftool-perl',
    ]);
  } catch (error) {
    console.warn(messageOf(error));
  }
}
