namespace WunderProxy.Forwarding.Buffering;

/// <summary>The directory of the temporary files, and the threads on which they are read and written.</summary>
internal interface ISpillDisk : IDisposable
{
    /// <summary>
    /// Whether one more file may be created. Another loop may take the last one meanwhile. Callable from any thread.
    /// </summary>
    bool HasFileLeft { get; }

    /// <summary>Creates a temporary file that no name leads to. Called on a thread of this disk.</summary>
    /// <exception cref="IOException">The directory cannot be written, or no descriptor is left.</exception>
    ISpillFile Create();

    /// <summary>Runs work on a thread of this disk, in the order of the calls. Callable from any thread.</summary>
    void Queue(Action<object> work, object state);
}
