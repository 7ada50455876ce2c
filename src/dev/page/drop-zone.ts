import { byId } from '../../lib/browser/dom.ts';
import { type Chosen, chosenFiles, chosenFolder, droppedFiles } from './chosen-files.ts';

/**
 * Takes files from the buttons and from drops anywhere on the page: otherwise the browser would
 * leave the page for a file dropped beside the zone.
 */
export function openDropZone(take: (chosen: Chosen) => void, fail: (words: string) => void): void {
  choose('choose-files', 'files', (files) => take(chosenFiles(files)));
  choose('choose-folder', 'folder', (files) => take(chosenFolder(files)));
  const zone = byId('drop');
  // Dragging enters and leaves each element on its way.
  let depth = 0;
  const light = (by: number) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle('over', depth > 0);
  };
  const onDrag = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: Act) =>
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      act(event.dataTransfer);
    });
  onDrag('dragenter', () => light(1));
  onDrag('dragleave', () => light(-1));
  onDrag('dragover', (transfer) => {
    transfer.dropEffect = 'copy';
  });
  onDrag('drop', (transfer) => {
    light(-depth);
    droppedFiles(transfer).then(take, () => fail('The dropped files could not be read.'));
  });
}

type Act = (transfer: DataTransfer) => void;

function choose(button: string, input: string, take: (files: readonly File[]) => void): void {
  const field = byId<HTMLInputElement>(input);
  byId(button).addEventListener('click', () => field.click());
  field.addEventListener('change', () => {
    take([...(field.files ?? [])]);
    // Otherwise the same file could not be chosen again.
    field.value = '';
  });
}
