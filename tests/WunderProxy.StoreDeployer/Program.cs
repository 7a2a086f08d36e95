using WunderProxy.Deployments.Storage;
using WunderProxy.StoreDeployer;

if (args is not [var bucket, var prefix, var name])
{
    await Console.Error.WriteLineAsync("usage: wunderproxy-store-deployer BUCKET PREFIX NAME");
    return 2;
}

using var store = ObjectStores.Open(bucket, TimeProvider.System);
var deployer = new Deployer(store, prefix, name);
await Console.Out.WriteLineAsync("ready");
while (await Console.In.ReadLineAsync() is { } round)
{
    await Console.Out.WriteLineAsync(await deployer.DeployAsync(round));
}

return 0;
