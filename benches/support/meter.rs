//! A metrics recorder that feeds the daemon's own one, and keeps every value of what is measured with its time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bursar::http::metrics::builder;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};

/// When something was recorded, and the time that was; none for a counter, which is recorded when it grows.
pub type Sample = (Instant, Duration);

/// What was recorded under the names that are kept, by name and labels, such as `bursar_orders_total outcome=filled
/// purpose=open`.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<BTreeMap<String, Vec<Sample>>>>);

impl Meter {
    /// Becomes the recorder of the process; values of these names are kept.
    pub fn install(kept: &'static [&'static str]) -> (Self, PrometheusHandle) {
        let inner = builder().unwrap().build_recorder();
        let (meter, handle) = (Self::default(), inner.handle());
        let recorder = Both {
            inner,
            kept,
            meter: meter.clone(),
        };
        metrics::set_global_recorder(recorder).unwrap();
        (meter, handle)
    }

    /// Forgets what was kept.
    pub fn clear(&self) {
        self.kept().clear();
    }

    /// Everything that was recorded under a name with this label, in order of time.
    pub fn samples(&self, name: &str, label: &str) -> Vec<Sample> {
        let kept = self.kept();
        let of_name = kept.iter().filter(|(key, _)| {
            let mut words = key.split(' ');
            words.next() == Some(name) && (label.is_empty() || words.any(|word| word == label))
        });
        let mut samples: Vec<Sample> = of_name.flat_map(|(_, samples)| samples).copied().collect();
        samples.sort_unstable();
        samples
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Sample>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Both {
    inner: PrometheusRecorder,
    kept: &'static [&'static str],
    meter: Meter,
}

/// A kept metric: each value goes to the daemon's own recorder too.
struct Kept<T> {
    inner: T,
    key: String,
    meter: Meter,
}

impl<T> Kept<T> {
    fn keep(&self, time: Duration) {
        let sample = (Instant::now(), time);
        let mut kept = self.meter.kept();
        match kept.get_mut(&self.key) {
            Some(samples) => samples.push(sample),
            None => {
                kept.insert(self.key.clone(), vec![sample]);
            }
        }
    }
}

impl CounterFn for Kept<Counter> {
    fn increment(&self, value: u64) {
        self.inner.increment(value);
        if value > 0 {
            self.keep(Duration::ZERO);
        }
    }

    fn absolute(&self, value: u64) {
        self.inner.absolute(value);
    }
}

impl HistogramFn for Kept<Histogram> {
    fn record(&self, value: f64) {
        self.inner.record(value);
        self.keep(Duration::try_from_secs_f64(value).unwrap_or_default());
    }
}

impl Both {
    fn kept<T>(&self, key: &Key, inner: T) -> Result<Kept<T>, T> {
        if !self.kept.contains(&key.name()) {
            return Err(inner);
        }
        let labels = key.labels().map(|label| format!(" {}={}", label.key(), label.value()));
        let mut labels: Vec<String> = labels.collect();
        labels.sort();
        let key = format!("{}{}", key.name(), labels.concat());
        let meter = self.meter.clone();
        Ok(Kept { inner, key, meter })
    }
}

impl Recorder for Both {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_counter(key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_gauge(key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        match self.kept(key, self.inner.register_counter(key, metadata)) {
            Ok(kept) => Counter::from_arc(Arc::new(kept)),
            Err(inner) => inner,
        }
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.inner.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        match self.kept(key, self.inner.register_histogram(key, metadata)) {
            Ok(kept) => Histogram::from_arc(Arc::new(kept)),
            Err(inner) => inner,
        }
    }
}
