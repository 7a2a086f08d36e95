using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.StoreDeployer;

/// <summary>Uses the store as every deployer does, without managers and containers.</summary>
internal sealed class Deployer(IObjectStore store, string prefix, string name)
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly LaunchConfigRepository _configs = new(store, prefix);
    private readonly HistoryRepository _history = new(store, prefix, TimeProvider.System);
    private readonly EventLog _events = new(store, prefix);

    /// <summary>Deploys once and returns the outcome.</summary>
    /// <returns><c>ok HASH</c>, <c>refused HOLDER</c> or <c>failed MESSAGE</c>.</returns>
    public async Task<string> DeployAsync(string round)
    {
        var config = LaunchConfig.Parse(Encoding.UTF8.GetBytes($$"""{"Revision":"{{name}}-{{round}}"}"""));
        var intent = DeploymentIntent.Deploy(config, name, TimeProvider.System.GetUtcNow());
        try
        {
            return await RepeatAsync(() => DeployAsync(config, intent));
        }
        catch (LeaseHeldException exception)
        {
            return $"refused {exception.Holder}";
        }
        catch (ObjectStoreException exception)
        {
            return $"failed {exception.Message}";
        }
    }

    private async Task<string> DeployAsync(LaunchConfig config, DeploymentIntent intent)
    {
        await using var claim = await _history.ClaimAsync(name, CancellationToken.None);
        await _configs.AddAsync(config, CancellationToken.None);
        var entry = await claim.ApplyAsync(intent, CancellationToken.None);
        await _events.RecordAsync(intent.ToEvent(entry), CancellationToken.None);
        return $"ok {config.Hash}";
    }

    /// <summary>
    /// Repeats like every caller: the store may fail at any step, and applying the intent again has the effect of once.
    /// </summary>
    private static async Task<string> RepeatAsync(Func<Task<string>> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (ObjectStoreException) when (attempt < Tries)
            {
                await Task.Delay(Pause * attempt, TimeProvider.System);
            }
        }
    }
}
