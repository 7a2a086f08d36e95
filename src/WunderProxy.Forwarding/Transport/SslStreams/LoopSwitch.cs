namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>Brings asynchronous code back to its loop.</summary>
internal static class LoopSwitch
{
    /// <summary>Returns a task after whose await the code runs on the loop; never completes once the loop has ended.</summary>
    public static Task ReturnAsync(this TransportLoop loop)
    {
        if (loop.IsCurrent)
        {
            return Task.CompletedTask;
        }

        // Without the option that moves continuations to the pool: they have to run on the loop.
        var back = new TaskCompletionSource();
        loop.Post(static back => ((TaskCompletionSource)back!).SetResult(), back);
        return back.Task;
    }
}
