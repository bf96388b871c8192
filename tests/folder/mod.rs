//! A copy of the example company in a folder of its own, and the program run in it.

#![allow(dead_code, reason = "each test file uses a part")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use shtat::sandbox::{self, PortalFile, Sandbox};

/// A folder that goes away with its test.
pub struct Folder(tempfile::TempDir);

/// What a run of the program gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// `shtat sandbox` as a process.
pub struct Served {
    child: Child,
    address: String,
}

impl Folder {
    /// Copies the project's own example.
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a temporary folder"));
        for path in ["shtat.yaml", "rules", "examples/romashka"] {
            copy(&root().join(path), &folder.path(path));
        }
        folder
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside)
    }

    pub fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
    }

    pub fn write(&self, inside: &str, text: &str) {
        self.write_bytes(inside, text.as_bytes());
    }

    pub fn write_bytes(&self, inside: &str, bytes: &[u8]) {
        fs::write(self.path(inside), bytes).expect("file written");
    }

    /// Changes a file's text; one that is not UTF-8 is taken for Windows-1251.
    pub fn change(&self, inside: &str, change: impl FnOnce(String) -> String) {
        let bytes = fs::read(self.path(inside)).expect("file read");
        let (text, encoding) = match String::from_utf8(bytes) {
            Ok(text) => (text, encoding_rs::UTF_8),
            Err(error) => {
                (encoding_rs::WINDOWS_1251.decode(error.as_bytes()).0.into_owned(), encoding_rs::WINDOWS_1251)
            }
        };
        let changed = change(text.clone());
        assert_ne!(changed, text, "nothing changed in {inside}");
        self.write_bytes(inside, &encoding.encode(&changed).0);
    }

    pub fn remove(&self, inside: &str) {
        fs::remove_file(self.path(inside)).expect("file removed");
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    /// Runs the program with more in its environment.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let output =
            self.command(arguments).envs(variables.iter().copied()).output().expect("the program starts");
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shtat"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null()).env("NO_COLOR", "1");
        for variable in
            ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SHTAT_WEBHOOK", "RUST_LOG"]
        {
            command.env_remove(variable);
        }
        command
    }

    /// Puts a portal behind a webhook in place of the embedded one.
    pub fn remote_portal(&self) {
        self.write(
            "shtat.yaml",
            "people:\n  csv: examples/romashka/people.csv\nportals:\n  romashka:\n    webhook: ${SHTAT_WEBHOOK}\n    organizations: [\"ООО «Ромашка»\"]\n",
        );
    }

    /// Serves the example's portal from this process.
    pub fn sandbox(&self) -> Sandbox {
        let file = PortalFile::load(&self.path("examples/romashka/portal.json")).expect("a portal file");
        let options = sandbox::Options { rate: Some(false), ..sandbox::Options::default() };
        sandbox::start(file, options).expect("a free port")
    }

    /// Runs `shtat sandbox --portal …` beside the test.
    pub fn serve(&self, portal: &str) -> Served {
        let mut child = self
            .command(&["sandbox", "--portal", portal])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("an address");
        let address = line.trim().strip_prefix("http://").expect("http").split('/').next().expect("a host");
        Served { address: address.to_owned(), child }
    }
}

impl Served {
    /// Posts JSON and expects to be obeyed.
    pub fn post(&self, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the sandbox listens");
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().expect("the sandbox was running");
        self.child.wait().expect("the sandbox ended");
    }
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a folder above")).expect("folder made");
        fs::copy(from, to).expect("file copied");
        return;
    }
    for entry in fs::read_dir(from).expect("folder read") {
        let entry = entry.expect("entry read");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
