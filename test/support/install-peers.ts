import { installDebianPackages } from './debian-packages.ts';

/** Programs that nobody here wrote, to read what arke-tiff makes. */
export default function installPeers(): void {
  installDebianPackages(['libimage-exiftool-perl']);
}
