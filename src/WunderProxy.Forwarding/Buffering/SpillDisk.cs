namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// Temporary files in one directory. A few threads read and write them: a slow disk holds up neither a forwarding
/// thread nor the thread pool.
/// </summary>
internal sealed class SpillDisk : ISpillDisk
{
    // Enough that one slow operation does not hold up all bodies; a disk does not become faster by more.
    private const int MaxThreads = 4;

    private readonly string _directory;
    private readonly int _maxFiles;
    private readonly Queue<(Action<object> Work, object State)> _queue = new();
    private int _threads;
    private int _idle;
    private int _files;
    private bool _isStopping;

    private SpillDisk(string directory, int maxFiles)
    {
        _directory = directory;
        _maxFiles = maxFiles;
    }

    /// <summary>Opens a directory for temporary files, and creates it if necessary.</summary>
    /// <param name="directory">The directory; readable for its owner only if it is created here.</param>
    /// <param name="maxFiles">Most files at a time.</param>
    /// <param name="fault">Why the directory cannot be used; null if it can.</param>
    /// <returns>The directory; null if no file can be written there, or only into memory.</returns>
    public static SpillDisk? TryOpen(string directory, int maxFiles, out string? fault)
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(
                    directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            if (SpillCalls.IsInMemory(directory))
            {
                fault = "it lies in memory (tmpfs)";
                return null;
            }

            SpillCalls.CreateTemporary(directory).Dispose();
            fault = null;
            return new SpillDisk(directory, maxFiles);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = exception.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public bool HasFileLeft => Volatile.Read(ref _files) < _maxFiles;

    /// <inheritdoc/>
    public ISpillFile Create()
    {
        if (Interlocked.Increment(ref _files) > _maxFiles)
        {
            OnClosed();
            throw new IOException($"{_maxFiles} temporary files are open, and the limit of open files allows no more");
        }

        try
        {
            return new SpillFile(SpillCalls.CreateTemporary(_directory), OnClosed);
        }
        catch (IOException)
        {
            OnClosed();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Queue(Action<object> work, object state)
    {
        lock (_queue)
        {
            if (_isStopping)
            {
                return;
            }

            // A thread counts as idle until it runs, so that several works may have been queued for one idle thread. It is
            // started first: work for which there is no thread must not stay in the queue.
            if (_queue.Count >= _idle && _threads < MaxThreads)
            {
                StartThread();
            }

            _queue.Enqueue((work, state));
            Monitor.Pulse(_queue);
        }
    }

    /// <summary>Ends the threads after the work in progress; queued work is dropped.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _isStopping = true;
            _queue.Clear();
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Adds a thread, unless there is one and the system gives no more.</summary>
    /// <exception cref="Exception">The first thread cannot be started.</exception>
    private void StartThread()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = "buffers" }.Start();
            _threads++;
        }
#pragma warning disable CA1031 // The system gives no further thread, whatever it says: those that there are do the work, later.
        catch (Exception) when (_threads > 0)
#pragma warning restore CA1031
        {
        }
    }

    private void OnClosed() => Interlocked.Decrement(ref _files);

    private void Run()
    {
        while (TryTake(out var next))
        {
            next.Work(next.State);
        }
    }

    private bool TryTake(out (Action<object> Work, object State) next)
    {
        lock (_queue)
        {
            while (!_isStopping && _queue.Count == 0)
            {
                _idle++;
                Monitor.Wait(_queue);
                _idle--;
            }

            return _queue.TryDequeue(out next);
        }
    }
}
