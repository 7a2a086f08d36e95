using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Runs asynchronous code on a loop and hands its outcome to the test.</summary>
internal static class LoopCalls
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task<T> RunAsync<T>(this TransportLoop loop, Func<ValueTask<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => CompleteAsync(work, done), null);
        return await done.Task.WaitAsync(Deadline);
    }

    public static Task RunAsync(this TransportLoop loop, Func<ValueTask> work) =>
        loop.RunAsync(async () =>
        {
            await work();
            return true;
        });

    public static Task<T> RunAsync<T>(this TransportLoop loop, Func<T> work) =>
        loop.RunAsync(() => ValueTask.FromResult(work()));

    public static Task RunAsync(this TransportLoop loop, Action work) =>
        loop.RunAsync(() =>
        {
            work();
            return true;
        });

    private static async void CompleteAsync<T>(Func<ValueTask<T>> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.TrySetResult(await work());
        }
#pragma warning disable CA1031 // Whatever it is, the test sees it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            done.TrySetException(exception);
        }
    }
}
