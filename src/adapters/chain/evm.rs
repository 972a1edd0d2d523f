//! One EVM chain behind all its endpoints.

mod asking;
mod port;

use std::sync::Arc;

use domain::chain::ChainId;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{sleep, timeout};

use super::choice::Choice;
use super::contracts::Contracts;
use super::endpoint::{Endpoint, Line};
use super::fault::Asked;
use super::http::HttpLine;
use super::line;
use super::name::Name;
use super::options::{EvmOptions, OpenError};
use super::question;
use super::socket::{Socket, Timing};
use crate::ports::chain::ChainError;

/// One EVM chain. Its sockets end with it.
pub struct EvmChain {
    id: ChainId,
    options: EvmOptions,
    choice: Arc<Choice>,
    contracts: Arc<Contracts>,
    tasks: Vec<AbortHandle>,
}

impl EvmChain {
    /// Opens a chain: sockets come about in the background, and are kept. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When an endpoint's address is none; not when a node does not answer.
    pub fn open(options: EvmOptions) -> Result<Arc<Self>, OpenError> {
        if options.endpoints.is_empty() {
            return Err(OpenError::NoEndpoint(options.name));
        }
        let contracts = Arc::new(Contracts::default());
        let (mut endpoints, mut sockets) = (Vec::new(), Vec::new());
        for (place, address) in options.endpoints.iter().enumerate() {
            let name = Name::of(address).ok_or_else(|| OpenError::Address {
                chain: options.name.clone(),
                place: place + 1,
            })?;
            if name.is_socket() {
                let (asking, end) = line::line();
                let endpoint = Arc::new(Endpoint::new(name, options.id, Line::Socket(asking)));
                sockets.push(Socket {
                    endpoint: endpoint.clone(),
                    contracts: contracts.clone(),
                    end,
                    timing: timing(&options),
                });
                endpoints.push(endpoint);
            } else {
                let way = HttpLine::to(name.address()).map_err(OpenError::Client)?;
                endpoints.push(Arc::new(Endpoint::new(name, options.id, Line::Http(way))));
            }
        }
        let choice = Arc::new(Choice::new(endpoints.into(), options.failures, options.lag));
        let mut tasks: Vec<JoinHandle<()>> = sockets.into_iter().map(|socket| tokio::spawn(socket.run())).collect();
        if choice.all().len() > 1 {
            tasks.push(tokio::spawn(probe(choice.clone(), options.clone())));
        }
        Ok(Arc::new(Self {
            id: options.id,
            options,
            choice,
            contracts,
            tasks: tasks.iter().map(JoinHandle::abort_handle).collect(),
        }))
    }
}

impl Drop for EvmChain {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn timing(options: &EvmOptions) -> Timing {
    Timing {
        deadline: options.deadline,
        silence: options.silence,
        retry_first: options.retry_first,
        retry_most: options.retry_most,
    }
}

/// Asks those that tell nothing by themselves how far they are, and those that fail whether they still do.
async fn probe(choice: Arc<Choice>, options: EvmOptions) {
    loop {
        for endpoint in choice.all().iter() {
            let quiet = endpoint.is_heard() && endpoint.failures() == 0;
            if !quiet && !endpoint.is_foreign() && endpoint.resting().is_none() {
                look(endpoint, &options).await;
            }
        }
        sleep(options.probe).await;
    }
}

async fn look(endpoint: &Endpoint, options: &EvmOptions) {
    let head = [question::head()];
    match timeout(options.deadline, endpoint.ask(&head, Asked::Other)).await {
        Ok(Ok(mut replies)) => match replies.pop().map(|reply| reply.map(|raw| question::read_head(&raw))) {
            Some(Ok(Ok(head))) => {
                endpoint.succeeded();
                endpoint.told_head(head);
            }
            _ => endpoint.failed(1),
        },
        Ok(Err(ChainError::RateLimited { retry_after })) => endpoint.rests(retry_after),
        Ok(Err(_)) | Err(_) => endpoint.failed(1),
    }
}
