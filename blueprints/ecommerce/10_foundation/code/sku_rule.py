# Runs in Odoo as superuser, inside the save, only for products with a fault: the error undoes the save.
raise UserError(record.x_sku_fault)
