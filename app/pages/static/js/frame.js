/* The map inside the frame: drawing, keyboard, and messages to the page around it.
   Texts come from the document as JSON; data are written with textContent, never as HTML. */
(function () {
  'use strict';

  const LINE = '#43505c';
  const DARK = '#17324d';
  const ombra = {};
  let map = null;
  let words = {};
  const areas = new Map(); // code -> the path now on the map
  let focusCode = null;
  let chosenCode = null;
  let chosenRing = null;
  let focusRing = [];
  const names = [];

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  }

  // ---- start -------------------------------------------------------------------------------------

  ombra.start = function (made) {
    map = made;
    words = JSON.parse(document.getElementById('ombra-testi').textContent);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(element('span', '', words.fonti).innerHTML);
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    map.on('zoomend moveend resize layeradd', scheduleNames);
    map.on('layeradd', nameControls);
    map.on('popupopen', openedPopup);
    map.on('popupclose', closedPopup);
    map.on('baselayerchange', function () { ringAround(chosenCode); });
    window.addEventListener('message', fromPage);
    window.addEventListener('load', ready);
    return map;
  };

  function ready() {
    nameControls();
    const asked = decodeURIComponent(location.hash.slice(1));
    if (asked) choose(asked, true);
    scheduleNames();
    tell({ kind: 'ombra:pronta' });
  }

  function nameControls() {
    const toggle = document.querySelector('.leaflet-control-layers-toggle');
    if (!toggle) return;
    toggle.title = words.strati;
    toggle.setAttribute('aria-label', words.strati);
  }

  function tell(message) {
    if (window.parent !== window) window.parent.postMessage(message, location.origin);
  }

  function fromPage(event) {
    if (event.origin !== location.origin || event.source !== window.parent) return;
    const message = event.data || {};
    if (message.kind === 'ombra:scegli') choose(message.codice, true);
  }

  // ---- areas -------------------------------------------------------------------------------------

  ombra.paint = function (property) {
    return function (feature) {
      return {
        fillColor: feature.properties[property],
        fillOpacity: 0.88,
        color: LINE,
        weight: 0.7,
        className: 'area'
      };
    };
  };

  ombra.area = function (feature, layer) {
    const code = feature.properties.codice;
    layer.bindTooltip(element('span', '', feature.properties.voce), { sticky: true, className: 'voce' });
    layer.on('click', function () { picked(code); });
    layer.on('add', function () {
      const path = layer.getElement();
      areas.set(code, layer);
      if (!path) return;
      path.setAttribute('role', 'button');
      path.setAttribute('aria-label', feature.properties.voce);
      path.dataset.codice = code;
      if (focusCode === null) focusCode = code;
      path.setAttribute('tabindex', code === focusCode ? '0' : '-1');
      L.DomEvent.on(path, 'keydown', function (event) { areaKey(event, code); });
      L.DomEvent.on(path, 'focus', function () { focused(code); });
      L.DomEvent.on(path, 'blur', function () { dropFocusRing(); });
    });
  };

  const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  function areaKey(event, code) {
    if (event.key === 'Enter' || event.key === ' ') {
      picked(code, true);
    } else if (STEPS[event.key]) {
      const next = neighbour(code, STEPS[event.key]);
      if (next) moveFocus(next);
    } else {
      return;
    }
    L.DomEvent.stop(event);
  }

  // The nearest area in a direction; straying sideways counts double, so that arrows keep to their line.
  function neighbour(code, step) {
    const from = centre(areas.get(code));
    let best = null;
    let bestCost = Infinity;
    areas.forEach(function (layer, other) {
      if (other === code) return;
      const to = centre(layer);
      const along = (to.x - from.x) * step[0] + (to.y - from.y) * step[1];
      const aside = Math.abs((to.x - from.x) * step[1]) + Math.abs((to.y - from.y) * step[0]);
      const cost = along + 2 * aside;
      if (along > 0.5 && cost < bestCost) { best = other; bestCost = cost; }
    });
    return best;
  }

  function centre(layer) {
    return map.latLngToLayerPoint(layer.getBounds().getCenter());
  }

  function moveFocus(code) {
    setTabStop(code);
    const path = areas.get(code).getElement();
    path.focus({ preventScroll: true });
  }

  function setTabStop(code) {
    const before = areas.get(focusCode);
    if (before && before.getElement()) before.getElement().setAttribute('tabindex', '-1');
    focusCode = code;
    const now = areas.get(code);
    if (now && now.getElement()) now.getElement().setAttribute('tabindex', '0');
  }

  function focused(code) {
    const layer = areas.get(code);
    dropFocusRing();
    focusRing = [outline(layer, 'fuoco-fondo'), outline(layer, 'fuoco')];
    if (!map.getBounds().contains(layer.getBounds().getCenter())) {
      map.panTo(layer.getBounds().getCenter(), { animate: false });
    }
  }

  function dropFocusRing() {
    focusRing.forEach(function (ring) { ring.remove(); });
    focusRing = [];
  }

  function picked(code, byKey) {
    setTabStop(code);
    choose(code, false);
    tell({ kind: 'ombra:area', codice: code, voce: areas.get(code).feature.properties.voce, tastiera: Boolean(byKey) });
    if (window.parent === window) location.assign(cardAddress(code));
  }

  function cardAddress(code) {
    const query = new URLSearchParams(location.search);
    query.set('area', code);
    return '/mappa/scheda?' + query.toString();
  }

  function choose(code, show) {
    chosenCode = code;
    ringAround(code);
    const layer = areas.get(code);
    if (!layer) return;
    setTabStop(code);
    if (show && !map.getBounds().contains(layer.getBounds())) {
      map.fitBounds(layer.getBounds(), { maxZoom: 10.5, animate: false });
    }
  }

  function ringAround(code) {
    if (chosenRing) chosenRing.remove();
    chosenRing = areas.has(code) ? outline(areas.get(code), 'scelta') : null;
  }

  function outline(layer, className) {
    return L.geoJson(layer.feature, {
      pane: 'confini', interactive: false, style: { fill: false, className: className }
    }).addTo(map);
  }

  // ---- lines, settlements, names -----------------------------------------------------------------

  ombra.zoneLine = function () { return { color: DARK, weight: 1.8, opacity: 0.9, fill: false }; };
  ombra.outerLine = function () { return { color: DARK, weight: 3, fill: false }; };
  ombra.groupLine = function () {
    return { color: '#6b21a8', weight: 2.5, dashArray: '6 4', fillColor: '#6b21a8', fillOpacity: 0.12 };
  };

  ombra.settlement = function (feature, place) {
    return L.circleMarker(place, {
      pane: 'abitati', interactive: false, radius: feature.properties.raggio,
      color: '#ffffff', weight: 0.6, fillColor: '#33414d', fillOpacity: 0.55
    });
  };

  const FROM_ZOOM = { zona: 8.25, comune: 8, abitato: 11.5 };

  ombra.name = function (feature, place) {
    const kind = feature.properties.tipo;
    const shown = element('span', '', feature.properties.nome);
    const offset = kind === 'zona' ? 0 : 21; // below the signs that stand on the town itself
    const icon = L.divIcon({ html: shown, className: 'nome nome-' + kind, iconSize: [0, 0], iconAnchor: [0, -offset] });
    const marker = L.marker(place, { icon: icon, interactive: false, keyboard: false, pane: 'nomi' });
    names.push({ marker: marker, kind: kind, offset: offset, length: feature.properties.nome.length });
    return marker;
  };

  let namesAsked = false;
  function scheduleNames() {
    if (namesAsked) return;
    namesAsked = true;
    window.requestAnimationFrame(function () { namesAsked = false; placeNames(); });
  }

  function around(point, halfWidth, halfHeight) {
    return [point.x - halfWidth, point.y - halfHeight, point.x + halfWidth, point.y + halfHeight];
  }

  function meet(one, other) {
    return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
  }

  // Where the signs of services stand now, so that no name is hidden under one.
  function signBoxes() {
    return Array.from(document.querySelectorAll('.segno')).map(function (sign) {
      const point = map.layerPointToContainerPoint(L.DomUtil.getPosition(sign));
      return around(point, 13, 13);
    });
  }

  // Names stand in order of weight; one that would touch an earlier one is left out at this zoom.
  function placeNames() {
    const signs = signBoxes();
    const taken = [];
    const zoom = map.getZoom();
    const air = zoom < 8.5 ? 9 : 4; // a small map stays readable with fewer names
    names.forEach(function (name) {
      const icon = name.marker.getElement();
      if (!icon) return;
      const point = map.latLngToContainerPoint(name.marker.getLatLng());
      const half = name.kind === 'zona' ? [Math.min(name.length, 16) * 4.2 + 6, 20] : [name.length * 3.4 + 4, 7];
      point.y += name.offset;
      const tight = around(point, half[0], half[1]);
      const box = around(point, half[0] + air, half[1] + air);
      const free = zoom >= FROM_ZOOM[name.kind] && !(name.kind === 'zona' && zoom > 10.5) &&
        !signs.some(function (sign) { return meet(tight, sign); }) &&
        !taken.some(function (other) { return meet(box, other); });
      icon.style.display = free ? '' : 'none';
      if (free) taken.push(tight);
    });
  }

  // Room for the controls at the top, which a popup must not slide under.
  const POPUP = { maxWidth: 280, minWidth: 180, autoPanPaddingTopLeft: [15, 70], autoPanPaddingBottomRight: [15, 25] };

  // ---- services ----------------------------------------------------------------------------------

  function badge(className, text, title, size) {
    const made = element('span', className);
    made.appendChild(element('span', '', text));
    made.appendChild(element('span', 'solo-lettori', title));
    return L.divIcon({ html: made, className: 'segno', iconSize: [size, size] });
  }

  ombra.marker = function (feature, place) {
    const about = feature.properties;
    const square = about.genere === 'comune';
    const count = square ? about.numero : 1;
    const icon = square
      ? badge('quadro', String(count), about.nome, 28)
      : badge('spillo ' + about.certezza, '', about.nome + '. ' + words[about.certezza], 24);
    const marker = L.marker(place, { icon: icon, title: about.nome });
    marker.options.quanti = count;
    return marker;
  };

  // A place where a service is proposed: no service is there, and it stands apart from all of them.
  ombra.proposal = function (feature, place) {
    const about = feature.properties;
    const icon = badge('proposta', String(about.numero), about.nome, 30);
    return L.marker(place, { icon: icon, title: about.nome, zIndexOffset: 1000 });
  };

  ombra.cluster = function (cluster) {
    const count = cluster.getAllChildMarkers().reduce(function (sum, marker) {
      return sum + (marker.options.quanti || 1);
    }, 0);
    const size = count < 10 ? 32 : count < 50 ? 38 : 44;
    return badge('grappolo', String(count), words.gruppo.replace('{numero}', String(count)), size);
  };

  ombra.popup = function (feature, layer) {
    layer.bindPopup(function () { return content(feature.properties); }, POPUP);
    layer.on('add', function () {
      const path = layer.getElement && layer.getElement();
      if (!path || feature.properties.genere !== 'gruppo') return;
      path.setAttribute('tabindex', '0');
      path.setAttribute('role', 'button');
      path.setAttribute('aria-label', feature.properties.nome);
      L.DomEvent.on(path, 'keydown', function (event) {
        if (event.key === 'Enter') { layer.openPopup(); L.DomEvent.stop(event); }
      });
    });
  };

  function content(about) {
    const box = element('div', 'scheda-servizio');
    box.appendChild(element('h2', '', about.nome));
    if (about.genere === 'servizio') serviceLines(about).forEach(function (line) { box.appendChild(line); });
    if (about.genere === 'comune') about.servizi.forEach(function (one) {
      const part = element('section');
      part.appendChild(element('h3', '', one.nome));
      serviceLines(one).forEach(function (line) { part.appendChild(line); });
      box.appendChild(part);
    });
    if (about.genere === 'proposta') about.righe.forEach(function (line) { box.appendChild(element('p', '', line)); });
    if (about.genere === 'gruppo') groupLines(about).forEach(function (line) { box.appendChild(line); });
    return box;
  }

  function serviceLines(about) {
    const lines = [];
    const add = function (text) { if (text) lines.push(element('p', '', text)); };
    add(about.ente);
    add([about.indirizzo, about.comune].filter(Boolean).join(', '));
    if (about.precisione === 'municipality') add(words.senzaIndirizzo);
    if (about.precisione === 'street') add(words.via);
    add(about.bacino);
    if (about.orari) add(words.orari + ': ' + about.orari);
    if (about.telefono) lines.push(phoneLine(about.telefono));
    const proof = about.anno ? ' · ' + words.fonte.replace('{anno}', String(about.anno)) : '';
    lines.push(element('p', 'prova', words[about.certezza] + proof));
    return lines;
  }

  function phoneLine(number) {
    const line = element('p', '', words.telefono + ': ');
    const link = element('a', '', number);
    link.href = 'tel:' + number.split(/[,;/]/)[0].replace(/[^0-9+]/g, '');
    line.appendChild(link);
    return line;
  }

  function groupLines(about) {
    const list = element('ul');
    about.servizi.forEach(function (name) { list.appendChild(element('li', '', name)); });
    return [list, element('p', '', words.persone + ': ' + about.persone)];
  }

  // ---- popups and the keyboard -------------------------------------------------------------------

  let cameFrom = null;

  function openedPopup(event) {
    const box = event.popup.getElement();
    const close = box.querySelector('.leaflet-popup-close-button');
    const heading = box.querySelector('h2');
    box.setAttribute('role', 'dialog');
    if (heading) box.setAttribute('aria-label', heading.textContent);
    if (close) {
      close.setAttribute('aria-label', words.chiudi);
      close.title = words.chiudi;
    }
    cameFrom = document.activeElement;
    if (close) close.focus({ preventScroll: true });
    box.addEventListener('keydown', function (key) { if (key.key === 'Escape') map.closePopup(); });
  }

  function closedPopup() {
    if (cameFrom && cameFrom.isConnected && cameFrom !== document.body) cameFrom.focus({ preventScroll: true });
    cameFrom = null;
  }

  window.ombra = ombra;
}());
