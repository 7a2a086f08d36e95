using WunderProxy.Forwarding.Buffering;

namespace WunderProxy.Forwarding.Tests.Buffering;

/// <summary>Temporary files in memory, which are as slow as the test wants and fail when it says so.</summary>
internal sealed class ScriptedDisk : ISpillDisk
{
    private readonly Queue<(Action<object> Work, object State)> _queue = new();

    /// <summary>Whether work waits for <see cref="RunOne"/>; otherwise it is done at once.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Whether writing fails, as on a full disk.</summary>
    public bool FailsWrites { get; set; }

    /// <summary>Whether reading fails.</summary>
    public bool FailsReads { get; set; }

    /// <summary>Number of bytes that are written before a write fails.</summary>
    public int BytesUntilFault { get; set; } = int.MaxValue;

    public int OpenFiles { get; private set; }

    /// <summary>Most files at a time.</summary>
    public int MaxFiles { get; set; } = int.MaxValue;

    /// <summary>A fault of ours, thrown to whoever asks for one more file; null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Why no work can be begun; null if it can.</summary>
    public Exception? QueueFault { get; set; }

    public bool HasFileLeft => Fault is null ? OpenFiles < MaxFiles : throw Fault;

    public int Waiting => _queue.Count;

    public ISpillFile Create()
    {
        OpenFiles++;
        return new File(this);
    }

    public void Queue(Action<object> work, object state)
    {
        if (QueueFault is not null)
        {
            throw QueueFault;
        }

        _queue.Enqueue((work, state));
        if (!IsSlow)
        {
            RunAll();
        }
    }

    public void RunOne()
    {
        var (work, state) = _queue.Dequeue();
        work(state);
    }

    public void RunAll()
    {
        while (_queue.Count > 0)
        {
            RunOne();
        }
    }

    public void Dispose() => _queue.Clear();

    private sealed class File(ScriptedDisk disk) : ISpillFile
    {
        private readonly MemoryStream _content = new();

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.BytesUntilFault -= bytes.Length;
            if (disk.FailsWrites || disk.BytesUntilFault < 0)
            {
                throw new IOException("No space left on device");
            }

            _content.Position = offset;
            _content.Write(bytes);
        }

        public void Read(long offset, Span<byte> bytes)
        {
            if (disk.FailsReads)
            {
                throw new IOException("Input/output error");
            }

            _content.Position = offset;
            _content.ReadExactly(bytes);
        }

        public void Dispose()
        {
            disk.OpenFiles--;
            _content.Dispose();
        }
    }
}
