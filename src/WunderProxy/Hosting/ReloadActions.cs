using Microsoft.Extensions.Logging;
using WunderProxy.Cli;

namespace WunderProxy.Hosting;

/// <summary>What SIGHUP reads again.</summary>
internal sealed class ReloadActions(IEnumerable<Action> actions)
{
    private readonly Action[] _actions = [.. actions];

    /// <summary>Reads everything again; what cannot be read stays as it was.</summary>
    public void Run(ILogger logger)
    {
        foreach (var action in _actions)
        {
            try
            {
                action();
                HostLog.Reloaded(logger);
            }
            catch (UsageException exception)
            {
                HostLog.ReloadFailed(logger, exception.Message);
            }
        }
    }
}
