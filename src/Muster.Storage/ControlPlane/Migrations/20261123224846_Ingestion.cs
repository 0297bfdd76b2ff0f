using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Muster.Storage.ControlPlane.Migrations
{
    /// <inheritdoc />
    public partial class Ingestion : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsOpen",
                table: "Uploads",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "TimestampField",
                table: "MergePolicies",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CreatedClient",
                table: "Batches",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "InputFiles",
                table: "Batches",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "InputOptions",
                table: "Batches",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Mapping",
                table: "Batches",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Replay",
                table: "Batches",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RevertAskedAt",
                table: "Batches",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Version",
                table: "Batches",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "UploadParts",
                columns: table => new
                {
                    BatchId = table.Column<string>(type: "TEXT", nullable: false),
                    Path = table.Column<string>(type: "TEXT", nullable: false),
                    First = table.Column<long>(type: "INTEGER", nullable: false),
                    Last = table.Column<long>(type: "INTEGER", nullable: false),
                    Total = table.Column<long>(type: "INTEGER", nullable: true),
                    StoredAs = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UploadParts", x => new { x.BatchId, x.Path, x.First });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "UploadParts");

            migrationBuilder.DropColumn(
                name: "IsOpen",
                table: "Uploads");

            migrationBuilder.DropColumn(
                name: "TimestampField",
                table: "MergePolicies");

            migrationBuilder.DropColumn(
                name: "CreatedClient",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "InputFiles",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "InputOptions",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "Mapping",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "Replay",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "RevertAskedAt",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "Batches");
        }
    }
}
