import { unpackText } from './data/unpack-text.ts';
import { showFailure } from './view/failure.ts';

// A live report carries the simulator: packed, it is a third of its size. It runs as a script of the page, since the
// page's policy refuses code made from text.
unpackText(document.getElementById('code')?.textContent ?? '')
  .then((bytes) => {
    const script = document.createElement('script');
    script.textContent = new TextDecoder().decode(bytes);
    document.body.append(script);
  })
  .catch(showFailure);
