import 'uplot/dist/uPlot.min.css';
import './style/page.css';
import { startPage } from './app/start-page.ts';
import { loadReport } from './data/load.ts';
import { showFailure } from './view/failure.ts';

loadReport(document.getElementById('data')?.textContent ?? '')
  .then(startPage)
  .catch(showFailure);
