using System.Globalization;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>
/// Finds out whether a container was killed because it ran out of memory. The engine reports the exit and the
/// out-of-memory kill through different events; if the second comes later, <c>OOMKilled</c> stays false and only the
/// event tells.
/// </summary>
internal sealed class KillInquiry(DockerEngineClient engine, TimeProvider clock)
{
    /// <summary>Exit code after SIGKILL (128 + 9), which the kernel sends when memory is short.</summary>
    private const long KilledCode = 137;

    /// <summary>How long after the exit the engine's event may arrive.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns how memory ran out, as the end of a sentence about the container, or null if that was not the cause.
    /// </summary>
    /// <param name="dead">The inspected container.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<string?> FindLackOfMemoryAsync(ContainerDetails dead, CancellationToken cancellationToken)
    {
        var limit = dead.MemoryLimit;
        var limited = limit > 0 ? $", with a memory limit of {Mebibytes(limit)} MiB" : "";
        if (dead.State.OOMKilled)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"was killed for want of memory (exit code {dead.State.ExitCode}){limited}");
        }

        if (dead.State.ExitCode != KilledCode)
        {
            return null;
        }

        return await FindEventAsync(dead, cancellationToken) switch
        {
            "oom" => $"was killed for want of memory (exit code {KilledCode}){limited}",
            null when limit > 0 => $"was killed (exit code {KilledCode}) and nobody asked the engine for it{limited}",
            _ => null,
        };
    }

    /// <summary>
    /// Returns what the engine recorded about the end: <c>oom</c>, <c>kill</c> if a caller of the engine asked for it,
    /// else null.
    /// </summary>
    private async Task<string?> FindEventAsync(ContainerDetails dead, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(Patience + Patience, clock, cancellationToken);
        string? found = null;
        try
        {
            var (began, ended) = (TimeOf(dead.State.StartedAt), TimeOf(dead.State.FinishedAt));
            await foreach (var happened in engine.ReadEventsAsync(dead.Id, ["oom", "kill"], began, ended + Patience, limit.Token))
            {
                if (happened.Action == "oom")
                {
                    return "oom";
                }

                found = happened.Action;
            }
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The events received so far have to suffice.
        }

        return found;
    }

    private DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time > DateTimeOffset.UnixEpoch
            ? time
            : clock.GetUtcNow();

    private static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture);
}
