/* Streets behind the areas, asked of our own server for what the reader looks at. */
(function () {
  'use strict';

  const FIRST_ZOOM = 9;
  const NEAR_ZOOM = 11; // from here on streets guide the eye, and the colours may be paler than the legend
  const MARGIN = 0.3; // asked beyond the edge, in parts of the view, so that a small move asks nothing
  const PAUSE = 150; // milliseconds of rest before asking
  const LOOKS = { // weight in pixels where the class first shows, and the growth with each zoom
    motorway: ['#7a2e12', 1.8, 0.5],
    trunk: ['#7a2e12', 1.5, 0.45],
    primary: ['#4a3b2a', 1.1, 0.4],
    secondary: ['#4a4a4a', 1, 0.35],
    tertiary: ['#4a4a4a', 0.8, 0.3],
    residential: ['#5c5c5c', 0.8, 0.3]
  };

  function style(zoom) {
    return function (feature) {
      const look = LOOKS[feature.properties.classe];
      return { color: look[0], weight: look[1] + look[2] * Math.max(0, zoom - FIRST_ZOOM - 1), opacity: 0.85 };
    };
  }

  // Leaflet stops at quarters of a zoom; the server knows whole ones.
  function wholeZoom(map) {
    return Math.round(map.getZoom());
  }

  ombra.streets = function (map, address, options) {
    const layer = L.geoJson(null, Object.assign({}, options, { renderer: L.canvas({ pane: options.pane }) }));
    let held = null; // bounds and zoom of what is drawn
    let asking = null;
    let timer = null;

    function needed() {
      return !held || held.zoom !== wholeZoom(map) || !held.bounds.contains(map.getBounds());
    }

    function soon() {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    }

    function ask() {
      const zoom = wholeZoom(map);
      map.getContainer().classList.toggle('con-strade', map.hasLayer(layer) && zoom >= FIRST_ZOOM);
      map.getContainer().classList.toggle('vicino', zoom >= NEAR_ZOOM);
      if (!map.hasLayer(layer) || !needed()) return;
      const bounds = map.getBounds().pad(MARGIN);
      if (asking) asking.abort();
      if (zoom < FIRST_ZOOM) { draw({ type: 'FeatureCollection', features: [] }, bounds, zoom); return; }
      asking = new AbortController();
      const query = '?zoom=' + zoom + '&bbox=' + edges(bounds);
      fetch(address + query, { signal: asking.signal })
        .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
        .then(function (found) { draw(found, bounds, zoom); })
        .catch(function () { /* without streets the map still has boundaries, settlements and names */ });
    }

    function draw(found, bounds, zoom) {
      held = { bounds: bounds, zoom: zoom };
      layer.clearLayers();
      layer.options.style = style(zoom);
      layer.addData(found);
    }

    layer.on('add remove', soon);
    map.on('moveend', soon);
    return layer;
  };

  function edges(bounds) {
    const west = Math.max(-180, bounds.getWest());
    const east = Math.min(180, bounds.getEast());
    return [west, Math.max(-90, bounds.getSouth()), east, Math.min(90, bounds.getNorth())]
      .map(function (degrees) { return degrees.toFixed(4); }).join(',');
  }
}());
