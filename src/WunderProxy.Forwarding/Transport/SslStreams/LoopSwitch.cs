using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>
/// Brings asynchronous code back to its loop: the code after the await runs on the loop, and never once the loop has
/// ended.
/// </summary>
/// <remarks>
/// An awaitable and no task: a task may be completed by the loop before the awaiting code has looked at it, which would
/// then go on where it is.
/// </remarks>
internal readonly struct LoopSwitch(TransportLoop loop) : ICriticalNotifyCompletion
{
    /// <summary>Whether the code is on the loop already.</summary>
    public bool IsCompleted => loop.IsCurrent;

    /// <summary>Required by the compiler.</summary>
    public LoopSwitch GetAwaiter() => this;

    /// <summary>Required by the compiler.</summary>
    public void GetResult()
    {
        // Empty: there is no result.
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) =>
        loop.Post(static continuation => ((Action)continuation!)(), continuation);
}
