/* The map page: the card follows the area chosen on the map or in the table. Without this file the same
   links open whole pages. */
(function () {
  'use strict';

  const page = document.getElementById('pagina-mappa');
  const frame = document.getElementById('mappa');
  const card = document.getElementById('scheda');
  if (!page || !frame || !card) return;

  const query = new URLSearchParams(new URL(frame.src).search);
  const level = query.get('livello');
  let asked = 0;

  function pageAddress(area, areaLevel) {
    const kept = new URLSearchParams(query);
    kept.set('area', area);
    if (areaLevel !== level) kept.set('area_livello', areaLevel);
    return '/mappa?' + kept.toString();
  }

  function cardAddress(area, areaLevel) {
    const kept = new URLSearchParams(query);
    kept.set('livello', areaLevel);
    kept.set('area', area);
    kept.set('frammento', 'true');
    return page.dataset.scheda + '?' + kept.toString();
  }

  // Only the last request counts: answers may come back in another order.
  async function load(area, areaLevel, toHeading) {
    const mine = ++asked;
    card.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(cardAddress(area, areaLevel), { headers: { Accept: 'text/html' } });
      const text = await answer.text();
      if (mine !== asked) return;
      if (!answer.ok) { location.assign(pageAddress(area, areaLevel)); return; }
      card.innerHTML = text; // our own template, escaped on the server
      if (toHeading) focusHeading();
    } finally {
      if (mine === asked) card.removeAttribute('aria-busy');
    }
  }

  function focusHeading() {
    const heading = card.querySelector('.scheda-nome');
    if (heading) heading.focus();
  }

  // On a phone the card is below the map: the line under the map says what was chosen and leads there.
  function say(text) {
    const line = document.getElementById('scelta-corrente');
    line.firstElementChild.textContent = text;
    line.hidden = false;
  }

  function mark(area, areaLevel) {
    document.querySelectorAll('.scelta-riga').forEach(function (row) { row.classList.remove('scelta-riga'); });
    document.querySelectorAll('#aree a[data-area]').forEach(function (link) {
      if (link.dataset.area === area && link.dataset.livello === areaLevel) {
        link.closest('tr').classList.add('scelta-riga');
      }
    });
  }

  function show(area, areaLevel, options) {
    mark(area, areaLevel);
    if (options.toMap && areaLevel === level && frame.contentWindow) {
      frame.contentWindow.postMessage({ kind: 'ombra:scegli', codice: area }, location.origin);
    }
    if (options.remember) history.pushState({ area: area, livello: areaLevel }, '', pageAddress(area, areaLevel));
    return load(area, areaLevel, options.toHeading);
  }

  window.addEventListener('message', function (event) {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
    const message = event.data || {};
    if (message.kind !== 'ombra:area') return;
    say(String(message.voce));
    show(String(message.codice), level, { remember: true, toHeading: message.tastiera });
  });

  document.addEventListener('click', function (event) {
    const link = event.target.closest('a[data-area]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show(link.dataset.area, link.dataset.livello, { remember: true, toMap: true, toHeading: true }).then(function () {
      card.scrollIntoView({ block: 'nearest' });
    });
  });

  window.addEventListener('popstate', function (event) {
    // A jump to a heading of this page has no state: the card stays.
    if (event.state && event.state.area) show(event.state.area, event.state.livello, { toMap: true });
  });

  if (window.matchMedia('(max-width: 991px)').matches) document.getElementById('legenda').open = false;
  const shown = card.querySelector('.scheda');
  history.replaceState({ area: shown.dataset.codice, livello: shown.dataset.livello }, '');
}());
