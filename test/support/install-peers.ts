import { messageOf } from '../../src/lib/errors.ts';
import { installDebianPackages } from './debian-packages.ts';

/**
 * Brings the independent readers that conversions are compared with, and the browser that reports
 * are opened in. Where they cannot be installed, the tests that need them fail and say so; all
 * others run.
 */
export default function installPeers(): void {
  try {
    installDebianPackages([
      'imagemagick',
      'libtiff-tools',
      'libvips-tools',
      'libimage-exiftool-perl',
      // Reports are opened in it.
      'chromium',
    ]);
  } catch (error) {
    console.warn(messageOf(error));
  }
}
