//! Disks that fill: told while there is still room to write it down, and over when there is more than enough again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bursar::adapters::store::MemoryStore;
use bursar::jobs::watch_disks::{DiskWatch, Folder, watch_disks};
use bursar::ports::disk::Disks;
use domain::alert::AlertKind;

use super::world::{World, options, simulate};

const MIB: u64 = 1024 * 1024;

/// Disks with as much room as somebody says; `None`: they do not answer.
struct Told(Mutex<Option<u64>>);

#[async_trait]
impl Disks for Told {
    async fn free(&self, _: &Path) -> io::Result<u64> {
        let free = *self.0.lock().unwrap();
        free.ok_or_else(|| io::Error::other("the disk is gone"))
    }
}

fn watch(disks: &Arc<Told>) -> DiskWatch {
    DiskWatch {
        disks: disks.clone(),
        folders: vec![Folder {
            what: "database",
            path: PathBuf::from("/data"),
        }],
        least: 100 * MIB,
    }
}

/// What is watched where nothing is wrong.
pub fn roomy() -> DiskWatch {
    watch(&Arc::new(Told(Mutex::new(Some(u64::MAX)))))
}

#[test]
fn little_room_is_told_once_and_over_when_there_is_more_than_enough() {
    simulate(async {
        let world = World::new(Arc::new(MemoryStore::new()), options()).await;
        let disks = Arc::new(Told(Mutex::new(None)));
        let look = async |free| {
            *disks.0.lock().unwrap() = free;
            let (raises, resolves) = (world.alerts.clone().recipient(), world.alerts.clone().recipient());
            let looked = watch_disks(watch(&disks), raises, resolves).await;
            (looked.map_err(|error| error.to_string()), world.open_alerts().await)
        };
        let low = || vec![(AlertKind::DiskLow, "disk:database".to_owned())];
        assert_eq!(look(Some(100 * MIB)).await, (Ok(0), vec![]));
        assert_eq!(look(Some(99 * MIB)).await, (Ok(1), low()));
        assert_eq!(look(Some(5 * MIB)).await, (Ok(1), low()));
        // A little more than the limit is not enough to be over.
        assert_eq!(look(Some(110 * MIB)).await, (Ok(0), low()));
        let why = "could not tell how much room is left at /data".to_owned();
        assert_eq!(look(None).await, (Err(why), low()));
        assert_eq!(look(Some(125 * MIB)).await, (Ok(0), vec![]));
        assert_eq!(look(Some(110 * MIB)).await, (Ok(0), vec![]));
        let told = world.all_alerts(false).await;
        let told: Vec<&str> = told.iter().map(|alert| alert.message.as_str()).collect();
        assert_eq!(told, ["99 MiB are free at /data, less than 100 MiB"]);
    });
}
