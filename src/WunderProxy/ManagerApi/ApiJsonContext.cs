using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi.Explanations;

namespace WunderProxy.ManagerApi;

/// <summary>Source-generated JSON serialisation of the manager API, for the server and for our commands.</summary>
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(LaunchResult))]
[JsonSerializable(typeof(SwitchResult))]
[JsonSerializable(typeof(DeployResult))]
[JsonSerializable(typeof(DeploymentProgress))]
[JsonSerializable(typeof(FinalLine))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(IReadOnlyList<ContainerView>))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(LivezDocument))]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(DiffView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(OperationView))]
[JsonSerializable(typeof(CallView))]
[JsonSerializable(typeof(DrainEndResult))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
