import { describeCells } from './describe-cells.ts';

describeCells(['GET, its answer', 'GET, its body', 'GET, a further range']);
