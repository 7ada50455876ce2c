/** The files that the user chose or dropped. */
export interface Chosen {
  readonly files: readonly File[];
  /** How many files of folders were skipped because their names are not TIFF names. */
  readonly leftOut: number;
}

/** Names that are taken from folders; macOS adds files named `._scan.tif`. */
const TIFF_NAME = /^(?!\._).*\.tiff?$/i;

/** Files chosen one by one: all of them, whatever their names. */
export function chosenFiles(files: readonly File[]): Chosen {
  return { files, leftOut: 0 };
}

/** The TIFFs of a chosen folder. */
export function chosenFolder(files: readonly File[]): Chosen {
  const tiffs = files.filter(({ name }) => TIFF_NAME.test(name));
  return { files: tiffs, leftOut: files.length - tiffs.length };
}

/** Dropped items: files as they are, and the TIFFs of folders, recursively. */
export async function droppedFiles(transfer: DataTransfer): Promise<Chosen> {
  // Read at once: after the first wait the transfer is empty.
  const items = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const parts = await Promise.all(
    items.map(async ({ entry, file }) => {
      if (entry?.isDirectory)
        return chosenFolder(await filesBelow(entry as FileSystemDirectoryEntry));
      return chosenFiles(file ? [file] : []);
    }),
  );
  return {
    files: parts.flatMap(({ files }) => files),
    leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

async function filesBelow(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const entries = await entriesOf(folder.createReader());
  const files: File[] = [];
  for (const entry of entries) {
    if (entry.isDirectory) files.push(...(await filesBelow(entry as FileSystemDirectoryEntry)));
    else files.push(await fileOf(entry as FileSystemFileEntry));
  }
  return files;
}

/** A reader returns some entries at a time, and finally none. */
async function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
